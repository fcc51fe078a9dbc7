/**
 * Seats, and licences that come through groups. Group licensing runs in the background [D 9, 22]: a change of a licensed
 * group, or of its members, makes the users due; after a delay (`groupLicensingMillis`) each is worked out anew and its
 * states are written. Errors land on the user. When one licence of a group fails for a user, the group's others are held
 * back. Nested members get nothing. A user without usageLocation counts as being where the tenant is.
 */
import {
  type AssignmentState,
  findSku,
  findViolation,
  heldSkus,
  type Licence,
  licenceProperties,
  licencesOf,
  seatsOf,
  statesOf,
} from "./licence-rules.js";
import { formatInstant } from "./select.js";
import type { TenantState } from "./state.js";
import type { Commit, Store, TenantObject } from "./store.js";

export class Licensing {
  readonly #store: Store;
  readonly #used = new Map<string, number>();
  /** User or group to the time from which it may be worked out. */
  readonly #due = new Map<string, number>();
  readonly #restored = new Set<string>();
  readonly #delay: () => number;

  /** `dueAt` gives the time at which what changes now is worked out. */
  constructor(store: Store, dueAt: () => number) {
    this.#store = store;
    this.#delay = dueAt;
    for (const user of store.list("user")) this.#count(undefined, user);
    for (const group of store.list("group")) if (licencesOf(group).length > 0) this.#queueMembers(group.id);
    store.onCommit((commit) => this.#observe(commit));
  }

  /** Seats of a subscription that are used. */
  used(skuId: string): number {
    return this.#used.get(skuId) ?? 0;
  }

  /** Whether the user may take a seat: one that holds it already takes none. */
  hasSeat(user: TenantObject, sku: TenantObject): boolean {
    const skuId = String(sku.properties.skuId);
    return heldSkus(user).has(skuId) || this.used(skuId) < seatsOf(sku);
  }

  /** The user is worked out anew at once, with the next request. */
  reprocess(user: string): void {
    this.#due.set(user, 0);
  }

  #count(before: TenantObject | undefined, after: TenantObject | undefined): void {
    const [old, present] = [heldSkus(before), heldSkus(after)];
    for (const sku of old) if (!present.has(sku)) this.#used.set(sku, this.used(sku) - 1);
    for (const sku of present) if (!old.has(sku)) this.#used.set(sku, this.used(sku) + 1);
  }

  #observe({ mutations, objects }: Commit): void {
    for (const { before, after } of objects.values()) {
      if (before?.type === "user" || after?.type === "user") this.#count(before, after);
    }
    for (const mutation of mutations) {
      if (mutation.do === "link" || mutation.do === "unlink") {
        const group = mutation.relation === "members" ? this.#store.get(mutation.from) : undefined;
        if (group !== undefined && licencesOf(group).length > 0) this.#due.set(mutation.to, this.#delay());
      } else if (mutation.do === "set" && mutation.properties.assignedLicenses !== undefined) {
        if (this.#store.get(mutation.id)?.type === "group") this.#queueMembers(mutation.id);
      } else if (mutation.do === "restore") {
        this.#due.set(mutation.id, this.#delay());
        this.#restored.add(mutation.id);
      }
    }
  }

  #queueMembers(group: string): void {
    for (const id of this.#store.relations.targets("members", group)) this.#due.set(id, this.#delay());
    this.#due.set(group, this.#delay());
  }

  /** Works out what is due; called before each request. */
  run(tenant: TenantState, now: number): void {
    for (const [id, due] of this.#due) {
      if (due > now) continue;
      this.#due.delete(id);
      const object = this.#store.get(id);
      if (object?.type === "group" && object.properties.licenseProcessingState !== undefined) {
        const properties = { licenseProcessingState: { state: "ProcessingComplete" } };
        tenant.commit([{ do: "set", id, properties }]);
      }
      if (object?.type !== "user" || object.deletedAt !== null) continue;
      const states = this.#workOut(tenant, object, formatInstant(now));
      if (JSON.stringify(states) === JSON.stringify(statesOf(object))) continue;
      tenant.commit([{ do: "set", id, properties: licenceProperties(this.#store, states) }]);
    }
  }

  #workOut(tenant: TenantState, user: TenantObject, at: string): AssignmentState[] {
    const direct = statesOf(user)
      .filter((one) => one.assignedByGroup === null)
      .map((one) => this.#recheck(user, one, at));
    this.#restored.delete(user.id);
    const states = [...direct];
    const organization = this.#store.get(tenant.tenantId)?.properties;
    const location = String(user.properties.usageLocation ?? organization?.defaultUsageLocation ?? "");
    for (const id of this.#store.relations.sources("members", user.id)) {
      const group = this.#store.living("group", id);
      if (group === undefined || licencesOf(group).length === 0) continue;
      states.push(...this.#inherit(user, group, { location, held: states, at }));
    }
    return states;
  }

  /** A restored user keeps a direct licence only while there are seats [F]. */
  #recheck(user: TenantObject, state: AssignmentState, at: string): AssignmentState {
    const sku = findSku(this.#store, state.skuId);
    const isOver = sku === undefined || this.used(state.skuId) > seatsOf(sku);
    if (!this.#restored.has(user.id) || state.state !== "Active" || !isOver) return state;
    return { ...state, state: "Error", error: "CountViolation", lastUpdatedDateTime: at };
  }

  #inherit(
    user: TenantObject,
    group: TenantObject,
    {
      location,
      held,
      at,
    }: { readonly location: string; readonly held: readonly AssignmentState[]; readonly at: string },
  ): AssignmentState[] {
    const active: Licence[] = held.filter((one) => one.state === "Active");
    const licences = licencesOf(group);
    const errors = licences.map((licence) => {
      const sku = findSku(this.#store, licence.skuId);
      if (sku === undefined) return "Other" as const;
      // Judged together with its companions: one may bring the plan that another needs.
      const violation = findViolation(this.#store, user, { licences: [...active, licence], location });
      const together = findViolation(this.#store, user, { licences: [...active, ...licences], location });
      if (violation !== undefined && together !== undefined) return violation;
      const hasSeat = active.some((one) => one.skuId === licence.skuId) || this.hasSeat(user, sku);
      return hasSeat ? undefined : ("CountViolation" as const);
    });
    const isFailed = errors.some((error) => error !== undefined);
    return licences.map(({ skuId, disabledPlans }, index) => {
      const old = statesOf(user).find((one) => one.assignedByGroup === group.id && one.skuId === skuId);
      const state = isFailed ? ("Error" as const) : ("Active" as const);
      const error = isFailed ? (errors[index] ?? "Other") : ("None" as const);
      const isSame = old?.state === state && old.error === error;
      const lastUpdatedDateTime = isSame ? old.lastUpdatedDateTime : at;
      return { skuId, disabledPlans, assignedByGroup: group.id, state, error, lastUpdatedDateTime };
    });
  }
}
