/**
 * What a user's values must fulfil beyond the table: verified domains, unique names, passwords, the properties of synced
 * users, and which permission each property needs (graph.md sections 6, 7 and 14).
 */
import { badRequest, denied, GraphFailure, mastered, nameTaken } from "./errors.js";
import { demand, type Operation } from "./permissions.js";
import type { Json, Properties } from "./relations.js";
import { isObject } from "./request.js";
import type { RequestContext, TenantState } from "./state.js";
import type { TenantObject } from "./store.js";

interface Domain {
  readonly name: string;
  readonly type: "Managed" | "Federated";
}

/** The verified domains of the tenant. */
export function domainsOf({ store, tenantId }: TenantState): readonly Domain[] {
  return (store.get(tenantId)?.properties.verifiedDomains ?? []) as unknown as readonly Domain[];
}

/** Throws unless the name's domain is verified; gives the domain. */
export function checkDomain(tenant: TenantState, userPrincipalName: string): Domain {
  const part = userPrincipalName.slice(userPrincipalName.lastIndexOf("@") + 1).toLowerCase();
  const domain = domainsOf(tenant).find(({ name }) => name.toLowerCase() === part);
  if (domain !== undefined) return domain;
  throw badRequest(
    "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
  );
}

/** Throws 400 ObjectConflict when another living object has a name that must be unique. */
export function checkUnique(tenant: TenantState, id: string, properties: Properties): void {
  const isTaken = (index: string, value: Json | undefined, compared?: string): boolean =>
    typeof value === "string" &&
    tenant.store.find(index, value.toLowerCase()).some((other) => {
      return other !== id && (compared === undefined || tenant.store.get(other)?.properties[compared] === value);
    });
  if (isTaken("userPrincipalName", properties.userPrincipalName)) throw nameTaken("userPrincipalName");
  if (isTaken("onPremisesImmutableId", properties.onPremisesImmutableId, "onPremisesImmutableId")) {
    throw nameTaken("onPremisesImmutableId");
  }
  const addresses = Array.isArray(properties.proxyAddresses) ? properties.proxyAddresses : [];
  if (addresses.some((address: Json) => isTaken("proxyAddress", address))) throw nameTaken("proxyAddresses");
}

/**
 * `mail` of a cloud user is writable and adds to proxyAddresses [D 12]: it becomes the primary address (SMTP:), the
 * earlier one stays as smtp: [U].
 */
export function withAddresses(properties: Properties, stored: Properties): Properties {
  const { mail } = properties;
  if (typeof mail !== "string") return properties;
  const before = Array.isArray(stored.proxyAddresses) ? (stored.proxyAddresses as readonly string[]) : [];
  const others = before
    .map((address) => address.replace(/^SMTP:/, "smtp:"))
    .filter((address) => address.toLowerCase() !== `smtp:${mail.toLowerCase()}`);
  return { ...properties, proxyAddresses: [`SMTP:${mail}`, ...others] };
}

const PASSWORD = /^[A-Za-z0-9@#$%^&*\-_!+=[\]{}|\\:',.?/`~"();<> ]{8,256}$/;
const CLASSES = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/];

/** Throws for a password that does not meet the policy [D 21]. Nothing of it is stored. */
export function readPassword(profile: Json, phase: "create" | "update"): void {
  if (!isObject(profile)) throw badRequest("A value is required for property 'passwordProfile' of resource 'User'.");
  for (const [name, value] of Object.entries(profile)) {
    const isFlag = name === "forceChangePasswordNextSignIn" || name === "forceChangePasswordNextSignInWithMfa";
    if (isFlag ? typeof value !== "boolean" && value !== null : name !== "password" && !name.startsWith("@")) {
      throw badRequest(`Invalid value specified for property '${name}' of resource 'PasswordProfile'.`);
    }
  }
  const { password } = profile;
  if (password === undefined && phase === "update") return;
  const isGood =
    typeof password === "string" && PASSWORD.test(password) && CLASSES.filter((one) => one.test(password)).length >= 3;
  if (isGood) return;
  const message =
    "The specified password does not comply with password complexity requirements. Please provide a different password.";
  throw new GraphFailure(400, "Request_BadRequest", message, {
    details: [{ code: "InvalidValue", message, target: "password" }],
  });
}

/** Of a synced user: what the cloud masters [F]; employeeHireDate when Connect does not map it [U]. */
const CLOUD_MASTERED: ReadonlySet<string> = new Set(["usageLocation", "employeeHireDate"]);

/** Throws where the user is mastered on-premises, or was [D 12]. `names` are properties or relations. */
export function checkMastered(user: TenantObject, names: Iterable<string>): void {
  const flag = user.properties.onPremisesSyncEnabled;
  for (const name of names) {
    if (flag === true && !CLOUD_MASTERED.has(name)) throw mastered();
    if (flag === false && name === "onPremisesExtensionAttributes") throw mastered();
  }
}

const OPERATIONS: Readonly<Record<string, Operation | undefined>> = {
  accountEnabled: "users.enable",
  businessPhones: "users.phones",
  mobilePhone: "users.phones",
  otherMails: "users.otherMails",
  passwordProfile: "users.password",
  employeeLeaveDateTime: "users.leaveDate.write",
};

/** Sensitive actions [D 34]. */
const SENSITIVE: ReadonlySet<string> = new Set([
  "accountEnabled",
  "businessPhones",
  "mobilePhone",
  "otherMails",
  "onPremisesImmutableId",
  "passwordProfile",
  "userPrincipalName",
]);

/** Roles that may reset a password, of those that hold no role themselves [D 34]. */
const RESETTERS: ReadonlySet<string> = new Set([
  "Global Administrator",
  "Privileged Authentication Administrator",
  "User Administrator",
]);

/** Throws 403 unless the caller's permissions cover these properties. */
export function demandNames({ caller, tenant }: RequestContext, names: readonly string[]): void {
  if (names.length === 0) demand(caller, "users.update");
  for (const name of names) demand(caller, OPERATIONS[name] ?? "users.update");
  if (names.includes("passwordProfile") && !tenant.options.directoryRoles?.some((role) => RESETTERS.has(role))) {
    throw denied();
  }
}

/** Throws 403 where the user is protected against a change of these properties. */
export function protectUpdate(context: RequestContext, user: TenantObject, names: readonly string[]): void {
  const isSensitive = names.some((name) => SENSITIVE.has(name));
  protect(context, user, isSensitive);
}

/** Asks every protection. */
export function protect(context: RequestContext, target: TenantObject, isSensitive: boolean): void {
  for (const protection of context.tenant.protections) protection(context, target, { isSensitive });
}
