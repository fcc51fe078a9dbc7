/** Collecting errors, so that whoever mends something is told of all that is wrong at once. */
import { MusterError, MusterErrors } from "./errors.js";

/** The errors that a caught value stands for; what is not ours is thrown again. */
export function errorsOf(error: unknown): readonly MusterError[] {
  if (error instanceof MusterErrors) return error.errors;
  if (error instanceof MusterError) return [error];
  throw error;
}

/** The result, or null with its errors collected; what is not ours is thrown again. */
export function attempt<T>(call: () => T, errors: MusterError[]): T | null {
  try {
    return call();
  } catch (error) {
    errors.push(...errorsOf(error));
    return null;
  }
}
