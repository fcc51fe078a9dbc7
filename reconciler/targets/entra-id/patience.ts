/**
 * Waiting for what will come. Graph is read from replicas: an object that was made a moment ago answers 404 for a while, and
 * "gone" then means "not yet". That holds for objects of this run only, and for two minutes; any other 404 is the truth.
 * Two writes that meet on one object (409 Directory_ConcurrencyViolation) pass when one of them is sent again.
 */
import type { Anchor } from "../../model/observed.js";
import { isFailure } from "./failure.js";
import type { Place, Replaced } from "./place.js";

/** How long an object of this run may be missing, or a value of it the old one, milliseconds. */
const NOT_YET_MS = 120_000;
const LONGEST_WAIT_MS = 16_000;
/** Attempts of a write that meets others. */
const MEETINGS = 6;

/** Sends a request about these objects until it is answered for good. Throws what the last attempt throws. */
export async function withPatience<T>(place: Place, about: readonly Anchor[], send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    // An answer speaks of the moment of the question, however late it comes.
    const wasYoung = isYoung(place, about);
    try {
      return await send();
    } catch (error) {
      const isPassing = isFailure(error, "gone") ? wasYoung : isFailure(error, "concurrent");
      if (!isPassing || (isFailure(error, "concurrent") && attempt >= MEETINGS)) throw error;
      await place.sleep(backoff(attempt));
    }
  }
}

/** Whether one of the objects was made by this run, so short ago that some replica may lack it. */
export function isYoung(place: Place, about: readonly Anchor[]): boolean {
  const now = place.clock.now();
  return about.some((anchor) => {
    const madeAt = place.young.get(anchor);
    return madeAt !== undefined && now - madeAt < NOT_YET_MS;
  });
}

/** What a replica may show of the account although this run has written over it a moment ago. */
export function replacedLately(place: Place, anchor: Anchor): readonly Replaced[] {
  const now = place.clock.now();
  return (place.replaced.get(anchor) ?? []).filter(({ at }) => now - at < NOT_YET_MS);
}

/** Milliseconds before the next attempt, doubling from half a second. */
export function backoff(attempt: number): number {
  return Math.min(250 * 2 ** attempt, LONGEST_WAIT_MS);
}
