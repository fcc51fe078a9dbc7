/** mS-DS-ConsistencyGuid: the anchor by which Entra Connect joins a synchronized object, stamped where the Target says so. */
import type { CompiledTarget } from "./compiled.js";

export const CONSISTENCY_GUID = "mS-DS-ConsistencyGuid";

export function stampsGuid(target: CompiledTarget): boolean {
  return target.document.value.consistencyGuid === "stamp";
}
