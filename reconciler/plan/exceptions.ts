/** Exceptions that change what is planned: holds and releases. Overrides and bootstraps belong to the guards. */
import type { Hold, Release } from "../model/files/index.js";
import type { PolicyDocument } from "../model/policy.js";
import { resolveWorkerReference } from "../model/worker.js";
import { addDays } from "../policy/time.js";
import type { PlanInput, Subject } from "./subject.js";

interface Expiring {
  readonly environment: string;
  readonly expires: string;
}

/** An exception counts through its last day, in UTC, by the wall clock. */
export function isInForce(exception: Expiring, environment: string, now: number): boolean {
  return exception.environment === environment && now < Date.parse(`${addDays(exception.expires, 1)}T00:00:00Z`);
}

export interface Exceptions {
  holdsOn(subject: Subject): readonly PolicyDocument<Hold>[];
  isReleased(subject: Subject): boolean;
}

export function gatherExceptions(input: PlanInput): Exceptions {
  const environment = input.policy.environment.name;
  const holds = input.policy.source.holds.filter((hold) => isInForce(hold.value, environment, input.now));
  const releases = input.policy.source.releases.filter((release) => isInForce(release.value, environment, input.now));
  return {
    holdsOn: (subject) => (holds.length === 0 ? [] : holds.filter((hold) => concerns(hold.value, subject))),
    isReleased: (subject) => releases.some((release) => concerns(release.value, subject)),
  };
}

function concerns(exception: Hold | Release, subject: Subject): boolean {
  if (exception.target !== undefined && exception.target !== subject.target.name) return false;
  return subject.intent.workers.some((worker) => resolveWorkerReference(exception.worker, "") === worker);
}
