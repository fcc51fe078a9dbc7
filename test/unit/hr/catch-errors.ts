import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";

/** The Muster errors that a call throws; fails for none and lets any other error through. */
export function catchErrors(call: () => unknown): readonly MusterError[] {
  try {
    call();
  } catch (error) {
    if (error instanceof MusterErrors) return error.errors;
    if (error instanceof MusterError) return [error];
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** "MUS-2006 Row 3: ... @4" for each error: code, text and line. */
export function describeErrors(call: () => unknown): string[] {
  return catchErrors(call).map((error) => `${error.message}${error.where?.line ? ` @${error.where.line}` : ""}`);
}
