/** What a stage orders for the account as a whole: the same for everybody of a mapping in that stage. */
import type { Lifecycle } from "../model/files/index.js";
import type { Stage } from "../model/identity.js";
import type { Intent } from "../model/intent.js";
import type { CompiledMapping } from "./compiled.js";

export type StageOrders = Pick<
  Intent,
  "account" | "create" | "bind" | "frozen" | "memberships" | "tasks" | "deleteIfNeverEnabled"
>;

/** `inScope`: whether the primary worker is. */
export function stageOrders(mapping: CompiledMapping, stage: Stage, { inScope }: { inScope: boolean }): StageOrders {
  const { lifecycle } = mapping;
  const settings = settingsOf(lifecycle, stage);
  return {
    // Whether an account that synchronisation makes is there and may be used is decided where it comes from.
    account: mapping.link === null ? settings.account : "keep",
    create: mapping.link === null && settings.create && inScope,
    bind: BINDING.includes(stage) && inScope,
    frozen: settings.attributes === "freeze",
    memberships: settings.memberships,
    tasks: settings.tasks,
    deleteIfNeverEnabled: stage === "rescinded" && lifecycle.rescinded?.delete === "if-never-enabled",
  };
}

/** Stages that adopt a matching account. Nobody who is not in scope, future or withdrawn gets one bound. */
const BINDING: readonly Stage[] = ["active", "leave", "prehire", "left"];

interface StageSettings {
  readonly account: "enabled" | "disabled" | "keep";
  readonly memberships: "grant" | "keep" | "remove-managed";
  readonly attributes: "update" | "freeze";
  readonly tasks: readonly string[];
  readonly create: boolean;
}

const DEFAULTS: Readonly<Record<Stage, StageSettings>> = {
  future: { account: "disabled", memberships: "keep", attributes: "freeze", tasks: [], create: false },
  prehire: { account: "disabled", memberships: "grant", attributes: "update", tasks: [], create: true },
  active: { account: "enabled", memberships: "grant", attributes: "update", tasks: [], create: true },
  leave: { account: "disabled", memberships: "keep", attributes: "update", tasks: [], create: false },
  left: { account: "disabled", memberships: "remove-managed", attributes: "freeze", tasks: [], create: false },
  vanished: { account: "keep", memberships: "keep", attributes: "freeze", tasks: [], create: false },
  rescinded: { account: "disabled", memberships: "remove-managed", attributes: "freeze", tasks: [], create: false },
  "out-of-scope": { account: "disabled", memberships: "keep", attributes: "freeze", tasks: [], create: false },
};

function settingsOf(lifecycle: Lifecycle, stage: Stage): StageSettings {
  if (stage === "future" || stage === "vanished") return DEFAULTS[stage];
  const given = lifecycle[stage];
  return { ...DEFAULTS[stage], ...given };
}
