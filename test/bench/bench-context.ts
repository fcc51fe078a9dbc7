/** What the commands are given in a benchmark: a folder, a clock that stands still, and nobody who reads the output. */
import type { Context } from "../../reconciler/commands/context.js";
import { parseInstant } from "../../reconciler/policy/time.js";

/** When the measured plans are made. */
export const PLANNED_AT = "2026-11-21T09:00:00Z";
export const EXPORTED_AT = "2026-11-21T06:00:00Z";
export const EXPORTED_AGAIN_AT = "2026-11-21T07:00:00Z";

/** `cache`: its folder, null for none. */
export function benchContext(folder: string, at: string, cache: string | null): Context {
  return {
    folder,
    environment: null,
    cache,
    clock: { now: () => parseInstant(at) },
    // Else commands would refuse a target that is no sandbox: the clock stands still in a benchmark as HR's dates do.
    clockGiven: false,
    variable: () => undefined,
    print: () => {},
    remark: () => {},
    page: { width: 80, color: false, unicode: true },
    terminal: false,
  };
}
