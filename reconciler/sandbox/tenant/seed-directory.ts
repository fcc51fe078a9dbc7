/** What a tenant has besides people and groups: subscriptions and directory roles with their holders. */
import { randomUUID } from "node:crypto";
import { DEFAULT_SKUS, PLANS, PRODUCTS, type SeedSku } from "./licence-table.js";
import { ROLES } from "./role-table.js";
import type { Mutation } from "./store.js";

export function subscriptionMutations(skus: readonly SeedSku[] | undefined, tenantId: string): Mutation[] {
  return (skus ?? DEFAULT_SKUS).map(({ skuPartNumber, enabled, warning = 0, suspended = 0 }) => {
    const product = PRODUCTS[skuPartNumber];
    if (product === undefined) throw new Error(`no product is named ${skuPartNumber}`);
    const servicePlans = product.plans.map((servicePlanName) => ({
      servicePlanId: PLANS[servicePlanName],
      servicePlanName,
      provisioningStatus: "Success",
      appliesTo: "User",
    }));
    const properties = {
      accountId: tenantId,
      accountName: "Adventure Works",
      appliesTo: "User",
      capabilityStatus: enabled > 0 ? "Enabled" : warning > 0 ? "Warning" : "Suspended",
      prepaidUnits: { enabled, suspended, warning, lockedOut: 0 },
      servicePlans,
      skuId: product.skuId,
      skuPartNumber,
      subscriptionIds: [randomUUID()],
    };
    return { do: "create", id: `${tenantId}_${product.skuId}`, type: "subscribedSku", properties };
  });
}

/** All roles, activated; `holders` are ids of users with the names of their roles. */
export function roleMutations(
  holders: readonly { readonly id: string; readonly roles: readonly string[] }[],
): Mutation[] {
  const ids = new Map(ROLES.map(({ displayName }) => [displayName, randomUUID()]));
  const mutations: Mutation[] = ROLES.map(({ displayName, templateId }) => ({
    do: "create",
    id: ids.get(displayName) ?? "",
    type: "directoryRole",
    properties: { displayName, description: displayName, roleTemplateId: templateId },
  }));
  for (const { id, roles } of holders) {
    for (const role of roles) {
      const from = ids.get(role);
      if (from === undefined) throw new Error(`no directory role is named ${role}`);
      mutations.push({ do: "link", relation: "roleMembers", from, to: id });
    }
  }
  return mutations;
}
