/** Keeps the list of errors of an import readable: a wrong column is wrong in every row. */
import { MusterError } from "../support/errors.js";
import { MAX_LISTED_ERRORS } from "../support/limits.js";

/** At most MAX_LISTED_ERRORS of each code, then one that counts the rest. */
export function listErrors(errors: readonly MusterError[]): MusterError[] {
  const listed: MusterError[] = [];
  const seen = new Map<string, number>();
  for (const error of errors) {
    const number = (seen.get(error.code) ?? 0) + 1;
    seen.set(error.code, number);
    if (number <= MAX_LISTED_ERRORS) listed.push(error);
  }
  for (const [code, number] of seen) {
    const first = errors.find((error) => error.code === code);
    if (first === undefined || number <= MAX_LISTED_ERRORS) continue;
    const what = `${number - MAX_LISTED_ERRORS} more errors of this kind are not listed`;
    listed.push(new MusterError(first.code, { what, next: first.next }));
  }
  return listed;
}
