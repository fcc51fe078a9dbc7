/** Targets whose identity is not checked: whoever opens one is told so, every time. */
import type { Target } from "../model/files/index.js";

/** One line per target with insecureSkipVerify, for standard error; "" when there is none. */
export function warnUnverified(targets: readonly Target[]): string {
  return targets
    .filter((target) => target.insecureSkipVerify === true)
    .map(
      ({ name }) =>
        `WARNING: target ${name} says insecureSkipVerify: true. The identity of the server is NOT checked; whoever answers gets the password.\n`,
    )
    .join("");
}
