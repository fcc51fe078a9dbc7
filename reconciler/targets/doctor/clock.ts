/** This machine's clock beside that of a server. */
import type { Check } from "../../model/check.js";
import { ok, problem, warning } from "./findings.js";

/** Seconds of difference. */
const SKEW = { warning: 60, problem: 300 } as const;

export interface Clocks {
  /** The server's time in epoch milliseconds; it tells whole seconds. */
  readonly theirs: number;
  /** This machine's clock around the question, in epoch milliseconds. */
  readonly before: number;
  readonly after: number;
  readonly remedy: string;
}

/** Within a second, and within the time that the question took, there is no difference. */
export function compareClocks({ theirs, before, after, remedy }: Clocks): Check {
  const apart = Math.max(0, before - (theirs + 999), theirs - after) / 1000;
  const what = `${Math.round(apart)} s apart from the server's clock`;
  if (apart > SKEW.problem) return problem("clock", null, what, remedy);
  if (apart > SKEW.warning) return warning("clock", null, what, remedy);
  return ok("clock", null, what);
}
