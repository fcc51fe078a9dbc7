/** The errors of many files, read in one pass. */
import { MusterError, throwAll } from "../support/errors.js";
import { MAX_LISTED_ERRORS } from "../support/limits.js";

/** Throws what was found, at most MAX_LISTED_ERRORS of it: the last one says how many more there were. */
export function throwFound(errors: readonly MusterError[]): void {
  const last = errors[MAX_LISTED_ERRORS - 1];
  if (last === undefined || errors.length === MAX_LISTED_ERRORS) {
    throwAll(errors);
    return;
  }
  const more = errors.length - MAX_LISTED_ERRORS;
  const what = `${last.what} (and ${more} or more errors after this one)`;
  const where = last.where === undefined ? {} : { where: last.where };
  throwAll([
    ...errors.slice(0, MAX_LISTED_ERRORS - 1),
    new MusterError(last.code, { what, next: last.next, ...where }),
  ]);
}
