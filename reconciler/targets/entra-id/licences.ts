/** Licences of users and of the tenant. */
import type { Anchor, ObservedGroup } from "../../model/observed.js";
import { MusterError } from "../../support/errors.js";
import { readAll } from "./pages.js";
import { path } from "./paths.js";
import type { Place } from "./place.js";
import type { GraphObject } from "./properties.js";

interface AssignmentState {
  readonly skuId: string;
  /** null: assigned directly. */
  readonly assignedByGroup: string | null;
  readonly disabledPlans: readonly string[];
}

function statesOf(user: GraphObject): AssignmentState[] {
  const { licenseAssignmentStates: states } = user;
  return objectsOf(states).flatMap(({ skuId, assignedByGroup, disabledPlans }) =>
    typeof skuId === "string"
      ? [
          {
            skuId,
            assignedByGroup: typeof assignedByGroup === "string" ? assignedByGroup : null,
            disabledPlans: textsOf(disabledPlans),
          },
        ]
      : [],
  );
}

/**
 * Licences that the user holds directly, with the service plans that are switched off in each. `licenseAssignmentStates` tells
 * them from inherited ones; a licence that has no state yet was assigned a moment ago, which only a direct one is.
 */
export function directLicences(user: GraphObject): Map<string, readonly string[]> {
  const states = statesOf(user);
  const direct = new Map<string, readonly string[]>();
  for (const { skuId, assignedByGroup, disabledPlans } of states)
    if (assignedByGroup === null) direct.set(skuId, disabledPlans);
  const stated = new Set(states.map(({ skuId }) => skuId));
  for (const { skuId, disabledPlans } of objectsOf(user.assignedLicenses))
    if (typeof skuId === "string" && !stated.has(skuId)) direct.set(skuId, textsOf(disabledPlans));
  return direct;
}

/** Licences that the user has through a group. */
export function inheritedLicences(user: GraphObject): Set<string> {
  return new Set(statesOf(user).flatMap(({ skuId, assignedByGroup }) => (assignedByGroup === null ? [] : [skuId])));
}

/** The tenant's products that are asked for, by skuPartNumber or skuId. One that it does not have is left out. */
export async function readSkus(place: Place, names: readonly string[]): Promise<readonly GraphObject[]> {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const skus = await readAll(place.graph, path`/subscribedSkus`);
  return skus.filter(({ skuId, skuPartNumber }) =>
    [skuId, skuPartNumber].some((name) => typeof name === "string" && wanted.has(name.toLowerCase())),
  );
}

/** A product as a group: its members hold it directly. Throws MUS-5003 for one that cannot be read. */
export function observeLicence(place: Place, sku: GraphObject, users: ReadonlyMap<Anchor, GraphObject>): ObservedGroup {
  const { skuId, skuPartNumber, consumedUnits } = sku;
  if (typeof skuId !== "string" || typeof skuPartNumber !== "string" || typeof consumedUnits !== "number")
    throw new MusterError("MUS-5003", {
      what: "a subscription came without its seats",
      where: { target: place.target },
    });
  const members: Anchor[] = [];
  const inherited: Anchor[] = [];
  const disabledPlans: Record<Anchor, readonly string[]> = {};
  for (const [anchor, user] of users) {
    const plans = directLicences(user).get(skuId);
    if (plans !== undefined) members.push(anchor);
    if (plans !== undefined && plans.length > 0) disabledPlans[anchor] = [...plans].sort();
    if (inheritedLicences(user).has(skuId)) inherited.push(anchor);
  }
  const licence = { seats: seatsOf(sku), used: consumedUnits, plans: plansOf(sku), disabledPlans };
  return {
    anchor: skuId,
    address: skuPartNumber,
    managed: true,
    members,
    inherited: inherited.sort(),
    others: 0,
    licence,
  };
}

/** Seats in their grace period (warning) can be assigned as those that are paid. */
function seatsOf({ prepaidUnits }: GraphObject): number {
  const { enabled, warning } = (prepaidUnits ?? {}) as GraphObject;
  return numberOf(enabled) + numberOf(warning);
}

function plansOf({ servicePlans }: GraphObject): Record<string, string> {
  const plans = objectsOf(servicePlans).flatMap(({ servicePlanId, servicePlanName }): [string, string][] =>
    typeof servicePlanId === "string" && typeof servicePlanName === "string" ? [[servicePlanName, servicePlanId]] : [],
  );
  return Object.fromEntries(plans.sort());
}

function objectsOf(value: unknown): GraphObject[] {
  return Array.isArray(value) ? value.filter((one): one is GraphObject => typeof one === "object" && one !== null) : [];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
