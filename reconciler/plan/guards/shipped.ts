/** The limits that ship with Muster, per 24 h (DESIGN section 8). A Guards policy replaces them verb by verb. */
import type { Guards } from "../../model/files/index.js";

type Limit = NonNullable<Guards["limits"]>[number];

export const SHIPPED_LIMITS: readonly Limit[] = [
  { verb: "create", max: 50, maxShare: "10%", minPopulation: 50 },
  { verb: "bind", max: 50, maxShare: "10%", minPopulation: 50 },
  { verb: "unbind", max: 25, maxShare: "5%", minPopulation: 20 },
  { verb: "enable", max: 50, maxShare: "10%", minPopulation: 20 },
  { verb: "move", max: 50, maxShare: "10%", minPopulation: 20 },
  { verb: "rename", max: 20, maxShare: "5%", minPopulation: 20 },
  { verb: "disable", max: 25, maxShare: "5%", minPopulation: 20 },
  { verb: "remove-licence", max: 25, maxShare: "5%", minPopulation: 20 },
  { verb: "delete", max: 5, maxShare: "1%", minPopulation: 20 },
  { verb: "purge", max: 5, maxShare: "1%", minPopulation: 20 },
  { verb: "update", max: 500, maxShare: "25%", minPopulation: 20 },
  { verb: "clear", max: 25, maxShare: "5%", minPopulation: 20 },
  { verb: "run-task", max: 50, maxShare: "10%", minPopulation: 50 },
  { verb: "remove-member", max: 250, maxShare: "10%", minPopulation: 50 },
];

/** Bound objects that are gone from one target: refused above both figures. */
export const SHIPPED_MISSING = { max: 5, maxShare: "5%", minPopulation: 20 } as const satisfies Guards["missing"];

/** For each single group, beside the limit over all groups. */
export const SHIPPED_GROUP_LIMIT: Limit = { verb: "remove-member", max: 25, maxShare: "20%", minPopulation: 10 };
