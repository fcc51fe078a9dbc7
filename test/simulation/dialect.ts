/** What the worlds call things in a kind of target, and how their policies are written for it. */
import type { Verb } from "../../reconciler/model/op.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "../../reconciler/targets/active-directory/capabilities.js";
import { GROUPS, groupDn, managedAttributes, type PolicySpec, policyYaml } from "./policy.js";

export interface Dialect {
  readonly title: string;
  readonly employeeId: string;
  /** Names of the groups, and products, that everybody who works has. */
  readonly everyone: readonly string[];
  /** Verbs that worlds on this target bring about: all that it can do. */
  readonly verbs: readonly Verb[];
  /** Whether a name says that its first candidate was taken. */
  isSecondChoice(after: Readonly<Record<string, unknown>>, label: string): boolean;
  /** The attributes that the mappings of a policy manage; every other one is somebody else's. */
  managed(policy: PolicySpec): readonly string[];
  /** The policies; `limits` replaces those that no world ever meets. */
  yaml(policy: PolicySpec, limits?: string): string;
}

export function directoryDialect(type: "memory" | "active-directory"): Dialect {
  return {
    title: "title",
    employeeId: "employeeID",
    everyone: [groupDn(GROUPS[0])],
    verbs: ACTIVE_DIRECTORY_CAPABILITIES.verbs,
    // The first candidate of cn is the label; whoever got another one met somebody of the same name.
    isSecondChoice: ({ cn }, label) => typeof cn === "string" && cn !== label,
    managed: managedAttributes,
    yaml: (policy, limits) => policyYaml(policy, type, limits),
  };
}
