/** What every part of the examination looks at. */
import type { Needs } from "../../../model/check.js";
import type { Clock } from "../../../model/ports.js";
import type { Question } from "../permissions.js";
import { managesTenant, type Place } from "../place.js";
import type { GraphObject } from "../properties.js";
import type { TokenClaims } from "./token-claims.js";

export interface Patient {
  readonly place: Place;
  readonly needs: Needs;
  readonly claims: TokenClaims;
  /** By which the tenant's time is judged. */
  readonly clock: Clock;
}

/** What was read on the way and is looked at by several parts; null: it could not be read. */
export interface Sample {
  readonly users: readonly GraphObject[] | null;
  readonly roleAssignments: readonly GraphObject[] | null;
  readonly skus: readonly GraphObject[] | null;
  readonly units: readonly GraphObject[] | null;
}

export function questionOf({ place, needs }: Pick<Patient, "place" | "needs">): Question {
  return { needs, managesUnits: !managesTenant(place.managed.accounts) };
}

/** How the doctor names Microsoft's API where a permission is of it. */
export const GRAPH = "Microsoft Graph";

/** What an administrator does about a permission that is missing. */
export function grantIt(target: string, permission: string): string {
  return `Grant ${permission} (application permission of ${GRAPH}) and consent; the commands: muster doctor target ${target} --delegation`;
}
