/** Licences of one user: what is held, which plans follow from it, and why one more may not be assigned [D 9, 29]. */
import { EXCLUSIVE, NEEDS, PLANS, PROHIBITED } from "./licence-table.js";
import type { Json, Properties } from "./relations.js";
import type { Store, TenantObject } from "./store.js";

export type LicenceError =
  | "CountViolation"
  | "MutuallyExclusiveViolation"
  | "DependencyViolation"
  | "ProhibitedInUsageLocationViolation"
  | "UniquenessViolation"
  | "Other";

export interface Licence {
  readonly skuId: string;
  readonly disabledPlans: readonly string[];
}

/** One of licenseAssignmentStates; `assignedByGroup` null: direct. */
export interface AssignmentState extends Licence {
  readonly assignedByGroup: string | null;
  readonly state: "Active" | "Error";
  readonly error: LicenceError | "None";
  readonly lastUpdatedDateTime: string;
}

export function statesOf(user: TenantObject): readonly AssignmentState[] {
  return (user.properties.licenseAssignmentStates ?? []) as unknown as readonly AssignmentState[];
}

export function licencesOf(group: TenantObject): readonly Licence[] {
  return (group.properties.assignedLicenses ?? []) as unknown as readonly Licence[];
}

/** Subscriptions that use a seat for this user. */
export function heldSkus(user: TenantObject | undefined): ReadonlySet<string> {
  if (user?.type !== "user" || user.deletedAt !== null) return new Set();
  return new Set(
    statesOf(user)
      .filter((one) => one.state === "Active")
      .map((one) => one.skuId),
  );
}

/** The subscription with this skuId. */
export function findSku(store: Store, skuId: string): TenantObject | undefined {
  for (const sku of store.list("subscribedSku")) if (sku.properties.skuId === skuId.toLowerCase()) return sku;
  return undefined;
}

/** Assignable seats: enabled and, in the grace period, warning [U]. */
export function seatsOf(sku: TenantObject): number {
  const { enabled, warning } = sku.properties.prepaidUnits as { readonly enabled: number; readonly warning: number };
  return enabled + warning;
}

export function plansOf(sku: TenantObject): readonly { servicePlanId: string; servicePlanName: string }[] {
  return sku.properties.servicePlans as unknown as readonly { servicePlanId: string; servicePlanName: string }[];
}

/** Service plans that licences turn on. */
export function enabledPlans(store: Store, licences: Iterable<Licence>): ReadonlySet<string> {
  const plans = new Set<string>();
  for (const { skuId, disabledPlans } of licences) {
    const sku = findSku(store, skuId);
    for (const { servicePlanId } of sku === undefined ? [] : plansOf(sku)) {
      if (!disabledPlans.includes(servicePlanId)) plans.add(servicePlanId);
    }
  }
  return plans;
}

/** Plans of the set that exclude each other; [] when none. */
export function conflictingPlans(plans: ReadonlySet<string>): readonly string[] {
  for (const names of EXCLUSIVE) {
    const held = names.map((name) => PLANS[name]).filter((id) => plans.has(id));
    if (held.length > 1) return held;
  }
  return [];
}

/** A plan of the set whose needs are not met, and what it needs. */
export function unmetPlan(plans: ReadonlySet<string>): { plan: string; needs: readonly string[] } | undefined {
  for (const [name, needed] of Object.entries(NEEDS)) {
    const plan = PLANS[name as keyof typeof PLANS];
    const needs = needed.map((one) => PLANS[one]);
    if (plans.has(plan) && !needs.some((id) => plans.has(id))) return { plan, needs };
  }
  return undefined;
}

/** Whether another living object has one of the user's proxy addresses: Exchange refuses both. */
function isAmbiguous(store: Store, user: TenantObject): boolean {
  const { proxyAddresses } = user.properties;
  const addresses = (Array.isArray(proxyAddresses) ? proxyAddresses : []) as readonly string[];
  return addresses.some((address) => store.find("proxyAddress", address.toLowerCase()).length > 1);
}

/** Why the user may not have these licences together, seats aside; undefined: it may. */
export function findViolation(
  store: Store,
  user: TenantObject,
  { licences, location }: { readonly licences: readonly Licence[]; readonly location: string },
): LicenceError | undefined {
  if (PROHIBITED.has(location)) return "ProhibitedInUsageLocationViolation";
  const plans = enabledPlans(store, licences);
  if (conflictingPlans(plans).length > 0) return "MutuallyExclusiveViolation";
  if (unmetPlan(plans) !== undefined) return "DependencyViolation";
  const hasMailbox = plans.has(PLANS.EXCHANGE_S_STANDARD) || plans.has(PLANS.EXCHANGE_S_ENTERPRISE);
  return hasMailbox && isAmbiguous(store, user) ? "UniquenessViolation" : undefined;
}

/** What a user shows of its states: assignedLicenses merges direct and inherited ones. */
export function licenceProperties(store: Store, states: readonly AssignmentState[]): Properties {
  const active = states.filter((one) => one.state === "Active");
  const merged = new Map<string, Licence>();
  for (const { skuId, disabledPlans } of active) {
    const other = merged.get(skuId)?.disabledPlans;
    const both = other === undefined ? disabledPlans : other.filter((plan) => disabledPlans.includes(plan));
    merged.set(skuId, { skuId, disabledPlans: both });
  }
  const assignedPlans = [...enabledPlans(store, merged.values())].sort().map((servicePlanId) => ({
    assignedDateTime: active.map((one) => one.lastUpdatedDateTime).sort()[0] ?? null,
    capabilityStatus: "Enabled",
    service: null,
    servicePlanId,
  }));
  return {
    licenseAssignmentStates: states as unknown as Json,
    assignedLicenses: [...merged.values()] as unknown as Json,
    assignedPlans,
  };
}
