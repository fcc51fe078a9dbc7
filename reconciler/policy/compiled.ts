/** Policies after compilation: every expression parsed once, every reference resolved. */
import type { Entitlement, Environment, Guards, Lifecycle, Mapping, Target } from "../model/files/index.js";
import type { Stage } from "../model/identity.js";
import type { Policies, PolicyDocument } from "../model/policy.js";
import type { Capabilities } from "../model/ports.js";
import type { Value } from "../model/value.js";
import type { Expression } from "./expression/index.js";
import type { CompiledScope } from "./scope.js";

export interface CompiledValue {
  readonly kind: "expression" | "constant" | "clear" | "keep";
  readonly expression: Expression | null;
  /** For a constant; null clears. */
  readonly constant: Value | null;
  readonly line: number;
}

export interface CompiledUnique {
  readonly candidates: readonly Expression[];
  readonly counter: boolean;
  readonly maxLength: number | null;
  readonly charset: { readonly allow: string; readonly fold: boolean } | null;
  readonly within: "container" | "target" | "forest" | "all";
  readonly retain: string | null;
  readonly onRename: "keep" | "follow";
  readonly reserved: readonly string[];
}

export interface CompiledAttribute {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly rule: CompiledValue | null;
  readonly unique: CompiledUnique | null;
  readonly reference: { readonly onUnresolved: "keep" | "clear" } | null;
  /** The rule gives the primary address of an address list. */
  readonly primary: boolean;
  readonly createOnly: boolean;
  readonly onNull: "keep" | "clear";
  readonly onDrift: "correct" | "notify";
  readonly when: Partial<Readonly<Record<Stage, CompiledValue>>>;
  /** Paths of HR that the rule reads, without account and target paths. */
  readonly hrPaths: readonly string[];
  /** Whether the rule reads names that are allotted (`account.` or `target:`): evaluated after them. */
  readonly deferred: boolean;
}

export interface CompiledEntitlement {
  readonly document: PolicyDocument<Entitlement>;
  readonly name: string;
  readonly target: string;
  /** The group as the policy names it; of a licence, the SKU. */
  readonly group: string;
  /** null: a group. `disabledPlans`, names or ids, null where policy leaves them alone. */
  readonly licence: { readonly disabledPlans: readonly string[] | null } | null;
  readonly scope: CompiledScope;
  readonly onLoss: "remove" | "remove-granted" | "keep";
  /** null: additive. `since` is an ISO date. */
  readonly exclusive: { readonly since: string; readonly firstRun: "notify" | "remove" } | null;
}

export interface CompiledMapping {
  readonly document: PolicyDocument<Mapping>;
  readonly name: string;
  readonly target: string;
  /** Target whose accounts are synchronised into this one; null: Muster makes the accounts. */
  readonly link: string | null;
  readonly per: "person" | "worker";
  readonly scope: CompiledScope;
  readonly lifecycle: Lifecycle;
  readonly lifecycleDocument: PolicyDocument<Lifecycle>;
  readonly primary: Expression | null;
  readonly match: readonly { readonly attribute: string; readonly expression: Expression; readonly line: number }[];
  readonly container: Partial<Readonly<Record<Stage | "default", CompiledValue>>>;
  readonly containerDrift: "correct" | "notify";
  /** In an order in which deferred rules and names can be evaluated. */
  readonly attributes: readonly CompiledAttribute[];
  readonly attribute: ReadonlyMap<string, CompiledAttribute>;
  readonly entitlements: readonly CompiledEntitlement[];
}

export interface CompiledTarget {
  readonly document: PolicyDocument<Target>;
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Key of the group of targets that share names: the forest, or the target itself. */
  readonly forest: string;
}

export interface CompiledPolicy {
  readonly environment: Environment;
  readonly targets: readonly CompiledTarget[];
  /** In an order in which `target:` references can be evaluated. */
  readonly mappings: readonly CompiledMapping[];
  readonly guards: readonly PolicyDocument<Guards>[];
  /** Namespace of personId by source. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly source: Policies;
  /** Digest over kind, name and blob of every policy that shapes intents: a key for caches. */
  readonly digest: string;
}

/** `account.X` and `target:T.X` are read from accounts, everything else from HR. */
export function isAccountPath(path: string): boolean {
  return path.startsWith("account.") || path.startsWith("target:");
}

/** The target (null: the mapping's own) and attribute of an account path. */
export function splitAccountPath(path: string): { target: string | null; attribute: string } {
  if (path.startsWith("account.")) return { target: null, attribute: path.slice("account.".length) };
  const rest = path.slice("target:".length);
  const dot = rest.indexOf(".");
  return { target: rest.slice(0, dot), attribute: rest.slice(dot + 1) };
}
