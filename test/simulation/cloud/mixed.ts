/**
 * A company with a domain and a tenant: employees are mastered in Active Directory and come to the tenant by synchronisation
 * (the simulated Connect engine), contractors are made in the tenant itself.
 */
import type { ConnectUser } from "../../../reconciler/sandbox/tenant-server.js";
import type { MemoryDirectory } from "../../../reconciler/targets/memory/directory.js";
import type { DirectoryRecord } from "../../../reconciler/targets/memory/records.js";
import { immutableIdOf } from "../../support/connect.js";
import {
  entitlement,
  GROUPS,
  GROUPS_OU,
  generousLimits,
  groupDn,
  JOINERS,
  LEAVERS,
  PEOPLE_OU,
  STAFF,
  TARGET,
} from "../policy.js";
import { cloudTarget, DOMAIN, licence, PRODUCTS } from "./policy.js";

export const TENANT = "contoso";

export interface MixedPolicySpec {
  readonly deleteAfter: string | null;
  readonly rehire: "reactivate" | "reprovision";
  readonly onRename: "keep" | "follow";
  readonly manager: boolean;
}

/** The directory as the engine reads it: its accounts, with the attributes that flow. */
export function connectUsers(directory: MemoryDirectory): ConnectUser[] {
  const accounts = [...directory.records.values()].filter(({ kind }) => kind === "account");
  const dnOf = (anchor: string) => {
    const found = directory.records.get(anchor);
    return found === undefined ? null : directory.addressOf(found);
  };
  return accounts.map((account) => connectUser(account, dnOf));
}

function connectUser(account: DirectoryRecord, dnOf: (anchor: string) => string | null): ConnectUser {
  const { attributes, anchor, enabled } = account;
  const texts = Object.entries(attributes).flatMap(([name, value]): [string, string[]][] => {
    if (typeof value === "string") return [[name, [value]]];
    const dn = typeof value === "object" && "anchor" in value ? dnOf(value.anchor) : null;
    return dn === null ? [] : [[name, [dn]]];
  });
  return {
    objectGuid: Buffer.from(immutableIdOf(anchor), "base64"),
    distinguishedName: dnOf(anchor) ?? "",
    attributes: { ...Object.fromEntries(texts), userAccountControl: [enabled ? "512" : "514"] },
  };
}

export function mixedYaml(policy: MixedPolicySpec): string {
  return [
    `kind: Environment\nname: test\ntargets: [ ${TARGET}, ${TENANT} ]\nrecords: { branch: main }\nstaleLimit: { max: 0, maxShare: 0%, minOps: 1 }`,
    `kind: Target\nname: ${TARGET}\ntype: memory\nbase: DC=corp,DC=example\nmanaged: { accounts: [ "${PEOPLE_OU}" ], groups: [ "${GROUPS_OU}" ] }\nclaim: employeeNumber\nallow: [ create, update, rename, move, enable, disable, delete ]`,
    cloudTarget({ restore: false, unit: false }, TENANT),
    scope("employees", "type", "employee"),
    scope("contractors", "type", "contingent"),
    scope("sales", "job.department", "Sales"),
    lifecycle(policy),
    employees(policy),
    `kind: Mapping\nname: linked\ntarget: ${TENANT}\naccount: { link: ${TARGET} }\nper: worker\nscope: employees\nlifecycle: standard\nattributes:\n  usageLocation: { constant: DE }`,
    contractors(policy),
    entitlement("staff", groupDn(GROUPS[0]), "employees", "remove"),
    entitlement("cloud", GROUPS[0], "employees", "remove", TENANT),
    entitlement("cloud-contractors", GROUPS[2], "contractors", "remove", TENANT),
    licence("office", `sku: ${PRODUCTS[0]}`, "employees", "remove", TENANT),
    licence("security", `sku: ${PRODUCTS[1]}`, "sales", "remove", TENANT),
    `kind: Guards\nname: default\nlimits:\n${generousLimits([groupDn(GROUPS[0]), ...GROUPS])}`,
  ].join("\n---\n");
}

function scope(name: string, attribute: string, value: string): string {
  return `kind: Scope\nname: ${name}\nall:\n  - { attribute: ${attribute}, operator: EQUALS, value: ${value} }`;
}

function lifecycle({ deleteAfter, rehire }: MixedPolicySpec): string {
  return `kind: Lifecycle
name: standard
prehire: { from: 7d before start, account: disabled, create: true }
active: { account: enabled, create: true }
leave: { account: disabled, memberships: keep }
left: { account: disabled, memberships: remove-managed, attributes: freeze, tasks: [ revoke-sessions ] }
vanished: { after: 72h, treat-as: left }
rescinded: { account: disabled, memberships: remove-managed }
out-of-scope: { account: disabled }${deleteAfter === null ? "" : `\ndelete: { after: ${deleteAfter} disabled }`}
rehire: { account: ${rehire} }`;
}

const NAMES = `
      candidates:
        - 'ToLower(Append(Left([name.given], 1), [name.family]))'
        - 'Append("u", [id])'
      counter: true
      charset: { allow: ascii-letters-digits, fold: true }
      within: all`;

function employees({ onRename, manager }: MixedPolicySpec): string {
  return `kind: Mapping
name: staff
target: ${TARGET}
account: provision
per: worker
scope: employees
lifecycle: standard
match: [ { attribute: employeeID, value: '[id]' } ]
container:
  prehire: { constant: "${JOINERS}" }
  left: { constant: "${LEAVERS}" }
  default: { constant: "${STAFF}" }
attributes:
  employeeID: { value: '[id]', apply: create-only }
  givenName: { value: '[name.given]' }
  sn: { value: '[name.family]', onNull: clear }
  displayName: { value: 'Join(" ", [name.given], [name.family], [id])' }
  title: { value: '[job.title]', onNull: clear }
  department: { value: '[job.department]' }
  sAMAccountName:
    unique:${NAMES}
      maxLength: 20
      onRename: ${onRename}
  userPrincipalName:
    unique:
      candidates: [ 'Join("@", [account.sAMAccountName], "${DOMAIN}")' ]
      counter: true
      within: all
      onRename: ${onRename}
  cn:
    unique:
      candidates: [ 'Join(" ", [name.given], [name.family], [id])' ]
      counter: true
      maxLength: 64
      onRename: ${onRename}${manager ? "\n  manager: { reference: manager, onUnresolved: keep, when: { left: clear } }" : ""}`;
}

function contractors({ onRename, manager }: MixedPolicySpec): string {
  return `kind: Mapping
name: guests
target: ${TENANT}
account: provision
per: worker
scope: contractors
lifecycle: standard
match: [ { attribute: employeeId, value: '[id]' } ]
attributes:
  employeeId: { value: '[id]', apply: create-only }
  givenName: { value: '[name.given]' }
  surname: { value: '[name.family]', onNull: clear }
  displayName: { value: 'Join(" ", [name.given], [name.family], [id])' }
  jobTitle: { value: '[job.title]', onNull: clear }
  department: { value: '[job.department]' }
  usageLocation: { constant: DE }
  mailNickname:
    unique:${NAMES}
      onRename: ${onRename}
  userPrincipalName:
    unique:
      candidates: [ 'Join("@", [account.mailNickname], "${DOMAIN}")' ]
      counter: true
      within: all
      onRename: ${onRename}${manager ? "\n  manager: { reference: manager, onUnresolved: keep }" : ""}`;
}
