/** Subscriptions and their assignment to users and groups (graph.md section 10). */

import { SUBSCRIBED_SKU } from "./directory-types.js";
import { badRequest, unsupportedQuery } from "./errors.js";
import { GROUP } from "./group-type.js";
import { showObject } from "./groups.js";
import {
  type AssignmentState,
  conflictingPlans,
  enabledPlans,
  findSku,
  findViolation,
  type Licence,
  licenceProperties,
  licencesOf,
  plansOf,
  statesOf,
  unmetPlan,
} from "./licence-rules.js";
import { findShown, findStored, renderMixed } from "./mixed.js";
import type { Json } from "./relations.js";
import { bodyObject, isObject, type Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { contextOf, formatInstant, readSelect, render, type Selection } from "./select.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";
import { protect } from "./user-rules.js";
import { findStoredUser, findUser, replyUser } from "./users.js";

function showSku(context: RequestContext, sku: TenantObject, selection: Selection): Record<string, Json> {
  const used = context.tenant.licensing.used(String(sku.properties.skuId));
  const counted = { ...sku, properties: { ...sku.properties, consumedUnits: used } };
  return render(counted, SUBSCRIBED_SKU, selection, context.view);
}

function listSkus(context: RequestContext): Reply {
  if (context.query.has("$filter")) throw unsupportedQuery("$filter is not supported on subscribedSkus.");
  const selection = readSelect(context.query, SUBSCRIBED_SKU, "collection");
  const value = [...context.view.list("subscribedSku")].map((sku) => showSku(context, sku, selection));
  const at = contextOf(context.tenant.url, "subscribedSkus", selection, "collection");
  return { status: 200, body: { "@odata.context": at, value } };
}

function getSku(context: RequestContext): Reply {
  const selection = readSelect(context.query, SUBSCRIBED_SKU, "single");
  const at = contextOf(context.tenant.url, "subscribedSkus", selection, "single");
  const sku = findShown(context, "subscribedSku");
  return { status: 200, body: { "@odata.context": at, ...showSku(context, sku, selection) } };
}

interface Order {
  readonly add: readonly Licence[];
  readonly remove: readonly string[];
}

/** Both collections are required [D 29]; each SKU and plan must exist. */
function readOrder(context: RequestContext): Order {
  const { addLicenses, removeLicenses } = bodyObject(context);
  if (!Array.isArray(addLicenses) || !Array.isArray(removeLicenses)) {
    throw badRequest(
      "One or more parameters of the operation 'assignLicense' are missing: addLicenses, removeLicenses.",
    );
  }
  const add = addLicenses.map((each: Json) => readLicence(context, each));
  const remove = removeLicenses.map((each: Json) => String(each).toLowerCase());
  for (const skuId of remove) demandSku(context, skuId);
  const both = add.find(({ skuId }) => remove.includes(skuId));
  if (both !== undefined) throw badRequest(`License ${both.skuId} is both added and removed.`);
  return { add, remove };
}

function demandSku(context: RequestContext, skuId: string): TenantObject {
  const sku = findSku(context.tenant.store, skuId);
  if (sku === undefined) throw badRequest(`License ${skuId} does not correspond to a valid company License.`);
  return sku;
}

function readLicence(context: RequestContext, value: Json): Licence {
  const { skuId, disabledPlans = [] } = isObject(value) ? value : {};
  const sku = demandSku(context, String(skuId).toLowerCase());
  const known = new Set(plansOf(sku).map(({ servicePlanId }) => servicePlanId));
  const disabled = (Array.isArray(disabledPlans) ? disabledPlans : []).map((plan: Json) => String(plan).toLowerCase());
  const unknown = disabled.find((plan: string) => !known.has(plan));
  if (unknown !== undefined) throw badRequest(`Service plan ${unknown} is not part of license ${String(skuId)}.`);
  return { skuId: String(skuId).toLowerCase(), disabledPlans: disabled };
}

function assignToUser(context: RequestContext): Reply {
  const { tenant } = context;
  const user = findStoredUser(context);
  protect(context, user, false);
  const order = readOrder(context);
  checkRemovals(user, order.remove);
  const kept = statesOf(user).filter(
    ({ assignedByGroup, skuId }) =>
      assignedByGroup !== null || !(order.remove.includes(skuId) || order.add.some((one) => one.skuId === skuId)),
  );
  checkAdditions(context, user, { order, kept });
  const added = order.add.map(
    ({ skuId, disabledPlans }): AssignmentState => ({
      skuId,
      disabledPlans,
      assignedByGroup: null,
      state: "Active",
      error: "None",
      lastUpdatedDateTime: formatInstant(tenant.now()),
    }),
  );
  tenant.commit([{ do: "set", id: user.id, properties: licenceProperties(tenant.store, [...kept, ...added]) }]);
  const changed = tenant.store.get(user.id) ?? user;
  return replyUser(context, changed);
}

function checkRemovals(user: TenantObject, remove: readonly string[]): void {
  for (const skuId of remove) {
    const states = statesOf(user).filter((one) => one.skuId === skuId);
    if (states.some((one) => one.assignedByGroup === null)) continue;
    if (states.length === 0) throw badRequest("User does not have a corresponding license.");
    throw badRequest(
      "User license is inherited from a group membership and it cannot be removed directly from the user.",
    );
  }
}

function checkAdditions(
  context: RequestContext,
  user: TenantObject,
  { order, kept }: { readonly order: Order; readonly kept: readonly AssignmentState[] },
): void {
  const { store, licensing } = context.tenant;
  const location = user.properties.usageLocation;
  if (order.add.length > 0 && typeof location !== "string") {
    throw badRequest("License assignment cannot be done for user with invalid usage location.");
  }
  for (const { skuId } of order.add) {
    if (licensing.hasSeat(user, demandSku(context, skuId))) continue;
    throw badRequest(`Subscription with SKU ${skuId} does not have any available licenses.`);
  }
  const licences = [...kept.filter((one) => one.state === "Active"), ...order.add];
  const violation = findViolation(store, user, { licences, location: String(location ?? "") });
  if (violation === undefined) return;
  throw badRequest(`License assignment failed because ${explain(violation, enabledPlans(store, licences))}`);
}

function explain(violation: string, plans: ReadonlySet<string>): string {
  if (violation === "MutuallyExclusiveViolation") {
    return `service plans ${conflictingPlans(plans).join(", ")} are mutually exclusive.`;
  }
  if (violation === "DependencyViolation") {
    const unmet = unmetPlan(plans);
    return `service plan ${unmet?.plan} depends on the service plan(s) ${unmet?.needs.join(", ")}.`;
  }
  if (violation === "ProhibitedInUsageLocationViolation") return "a service is not available in the usage location.";
  return "a proxy address of the user is used by another object.";
}

/** The work on the members happens later, see licensing.ts. */
function assignToGroup(context: RequestContext): Reply {
  const { tenant } = context;
  const group = findStored(context, context.parameters.id ?? "", ["group"]);
  protect(context, group, false);
  const { add, remove } = readOrder(context);
  const held = licencesOf(group);
  if (remove.some((skuId) => !held.some((one) => one.skuId === skuId))) {
    throw badRequest("Group does not have a corresponding license.");
  }
  const rest = held.filter(({ skuId }) => !remove.includes(skuId) && !add.some((one) => one.skuId === skuId));
  const properties = {
    assignedLicenses: [...rest, ...add] as unknown as Json,
    licenseProcessingState: { state: "QueuedForProcessing" },
  };
  tenant.commit([{ do: "set", id: group.id, properties }]);
  const changed = tenant.store.get(group.id) ?? group;
  return { status: 202, body: showObject(context, changed, { rules: GROUP, selection: undefined }) };
}

function reprocess(context: RequestContext): Reply {
  const user = findStoredUser(context);
  context.tenant.licensing.reprocess(user.id);
  return replyUser(context, user);
}

/** What is assigned, with names; said not to be for applications [F], but described for them. */
function listDetails(context: RequestContext): Reply {
  const user = findUser(context);
  const skus = statesOf(user).filter((one) => one.state === "Active");
  const value = [...new Set(skus.map((one) => one.skuId))].flatMap((skuId) => {
    const sku = findSku(context.tenant.store, skuId);
    if (sku === undefined) return [];
    const { skuPartNumber = null, servicePlans = [] } = sku.properties;
    return [{ id: Buffer.from(`${user.id}${skuId}`).toString("base64url"), skuId, skuPartNumber, servicePlans }];
  });
  const at = `${context.tenant.url}/v1.0/$metadata#users('${user.id}')/licenseDetails`;
  return { status: 200, body: { "@odata.context": at, value } };
}

function listErrors(context: RequestContext): Reply {
  const group = findShown(context, "group");
  const failed = [...context.view.targets("members", group.id)].filter((member) =>
    statesOf(member).some((one) => one.assignedByGroup === group.id && one.state === "Error"),
  );
  const at = contextOf(context.tenant.url, "directoryObjects", undefined, "collection");
  return {
    status: 200,
    body: { "@odata.context": at, value: failed.map((one) => renderMixed(context, one, undefined)) },
  };
}

export const LICENCE_ROUTES: readonly Route[] = [
  route("GET", "/subscribedSkus", "skus.read", listSkus),
  route("GET", "/subscribedSkus/{id}", "skus.read", getSku),
  route("POST", "/users/{id}/assignLicense", "licences.write", assignToUser),
  route("POST", "/users/{id}/reprocessLicenseAssignment", "licences.write", reprocess),
  route("GET", "/users/{id}/licenseDetails", "users.read", listDetails),
  route("POST", "/groups/{id}/assignLicense", "licences.write", assignToGroup),
  route("GET", "/groups/{id}/membersWithLicenseErrors", "groups.read", listErrors),
];
