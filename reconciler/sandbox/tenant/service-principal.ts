/** The client as an object of the directory: its service principal, which may hold roles (TenantOptions.directoryRoles). */
import { createHash } from "node:crypto";
import { ROLES } from "./role-table.js";
import type { TenantState } from "./state.js";

/** Object id of the service principal, the same for as long as the folder lives; it is not the client id. */
export function principalOf({ tenantId, clientId }: Pick<TenantState, "tenantId" | "clientId">): string {
  const hex = createHash("sha256").update(`${tenantId} ${clientId}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Template ids of the roles that it holds. */
export function rolesOfPrincipal({ options }: Pick<TenantState, "options">): string[] {
  const names = options.directoryRoles ?? [];
  return ROLES.filter(({ displayName }) => names.includes(displayName)).map(({ templateId }) => templateId);
}
