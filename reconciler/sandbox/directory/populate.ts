/** The first content of a sandbox: what a new domain holds, the usual units of a company, and the seed's people. */
import { randomBytes } from "node:crypto";
import { childDn, rdn } from "../../support/dn.js";
import type { SeedPerson } from "../seed.js";
import { DELEGATED_GROUP } from "./access.js";
import { applyDefaults, GROUP, UAC } from "./accounts.js";
import { type Directory, Draft } from "./directory.js";
import { parseGuid, parseSid } from "./identifiers.js";
import { hashPassword } from "./passwords.js";
import { ATTRIBUTES, CLASSES, type ClassSchema } from "./schema.js";
import type { Value } from "./values.js";
import { finishEntry, startEntry } from "./write-add.js";

/** sAMAccountName of the account that Muster binds as. */
export const SERVICE_ACCOUNT = "svc-muster";

const RECYCLE_BIN = "766ddcd8-acd0-445e-f3b9-a7f9b6744f2a";
const CRITICAL = { iscriticalsystemobject: "TRUE" };
const NO_EXPIRY = 0x10000;
const SECURITY_GLOBAL = String(GROUP.security | GROUP.global);
const SECURITY_LOCAL = String(GROUP.security | GROUP.local);

const SECURITY_UNIVERSAL = String(GROUP.security | GROUP.universal);
/** RIDs of well-known groups (MS-DTYP 2.4.2.4). */
const BUILTIN_GROUPS = {
  Administrators: 544,
  Users: 545,
  Guests: 546,
  "Account Operators": 548,
  "Server Operators": 549,
  "Print Operators": 550,
  "Backup Operators": 551,
  Replicator: 552,
};
const DOMAIN_GROUPS = {
  "Domain Admins": 512,
  "Domain Users": 513,
  "Domain Guests": 514,
  "Domain Computers": 515,
  "Domain Controllers": 516,
  "Schema Admins": 518,
  "Enterprise Admins": 519,
  "Read-only Domain Controllers": 521,
  "Key Admins": 526,
  "Enterprise Key Admins": 527,
};
/** Users and guests; all others are protected (MS-ADTS 3.1.1.6.1.2). */
const UNPROTECTED: ReadonlySet<number> = new Set([513, 514, 515, 545, 546]);
const FOREST_WIDE: ReadonlySet<number> = new Set([518, 519, 527]);

type Attributes = Readonly<Record<string, Value>>;

/** Fills an empty directory. Nothing is written until the caller saves the store. */
export function populate(
  directory: Directory,
  people: readonly SeedPerson[],
  options: { readonly recycleBin: boolean },
): void {
  addNamingContexts(directory);
  addSchema(directory);
  addRecycleBin(directory, options.recycleBin);
  addBuiltins(directory);
  addCompany(directory);
  for (const person of people) addPerson(directory, person);
}

function classOf(name: string): ClassSchema {
  const cls = CLASSES.get(name.toLowerCase());
  if (cls === undefined) throw new Error(`no class ${name}`);
  return cls;
}

/** Adds an entry below a parent and gives its DN. System attributes are set as they are. */
function add(
  directory: Directory,
  parent: string,
  cls: ClassSchema,
  name: string,
  attributes: Attributes = {},
): string {
  const above = directory.require(parent, { showDeleted: true });
  const draft = startEntry(directory, above, { type: cls.rdn, value: name }, cls);
  for (const [key, value] of Object.entries(attributes)) draft.set(key.toLowerCase(), value);
  finishEntry(directory, draft, []);
  void directory.commit([draft]);
  return childDn(cls.rdn, name, parent);
}

function addRoot(directory: Directory, dn: string, cls: string, attributes: Attributes): void {
  const id = directory.nextId();
  const fresh = { id, parent: 0, rdnType: "CN", rdn: dn, cls: classOf(cls), attributes: new Map() };
  const draft = new Draft(directory.store, fresh);
  for (const [key, value] of Object.entries(attributes)) draft.set(key.toLowerCase(), value);
  applyDefaults(directory, draft);
  void directory.commit([draft]);
}

function addNamingContexts(directory: Directory): void {
  const { naming } = directory;
  const dc = naming.dnsDomain.split(".")[0] ?? "";
  const policy = { minPwdLength: "7", pwdProperties: "1", pwdHistoryLength: "24", lockoutThreshold: "0" };
  const sid = parseSid(naming.domainSid) ?? Buffer.alloc(0);
  const machines = { "ms-DS-MachineAccountQuota": "10" };
  addRoot(directory, naming.baseDn, "domainDNS", { dc, name: dc, objectSid: sid, ...policy, ...machines });
  addRoot(directory, naming.configurationDn, "configuration", { cn: "Configuration", name: "Configuration" });
  addRoot(directory, naming.schemaDn, "dMD", { cn: "Schema", name: "Schema", objectVersion: "88" });
  const sites = add(directory, naming.configurationDn, classOf("sitesContainer"), "Sites");
  const site = add(directory, sites, classOf("site"), "Default-First-Site-Name");
  const servers = add(directory, site, classOf("serversContainer"), "Servers");
  const server = add(directory, servers, classOf("server"), "DC1", { dNSHostName: naming.dnsHostName });
  add(directory, server, classOf("nTDSDSA"), "NTDS Settings", { invocationId: naming.invocationId });
}

/** The definitions of attributes (MS-ADTS 3.1.1.2.3), as far as clients look at them. */
function addSchema(directory: Directory): void {
  for (const { name, multiple, max, flags } of ATTRIBUTES.values()) {
    add(directory, directory.naming.schemaDn, classOf("attributeSchema"), name, {
      lDAPDisplayName: name,
      isSingleValued: multiple ? "FALSE" : "TRUE",
      searchFlags: flags.has("index") ? "1" : "0",
      ...(Number.isFinite(max) ? { rangeUpper: String(max) } : {}),
    });
  }
}

/** The optional feature and, where it is enabled, the reference to it on CN=Partitions (MS-ADTS 3.1.1.9.1). */
function addRecycleBin(directory: Directory, isOn: boolean): void {
  const { configurationDn } = directory.naming;
  let parent = add(directory, configurationDn, classOf("container"), "Services");
  for (const name of ["Windows NT", "Directory Service", "Optional Features"])
    parent = add(directory, parent, classOf("container"), name);
  const guid = { "msDS-OptionalFeatureGUID": parseGuid(RECYCLE_BIN) ?? Buffer.alloc(0) };
  const feature = add(directory, parent, classOf("msDS-OptionalFeature"), "Recycle Bin Feature", guid);
  const partitions = add(directory, configurationDn, classOf("crossRefContainer"), "Partitions");
  if (!isOn) return;
  const draft = new Draft(directory.store, directory.require(partitions));
  draft.addLink("msds-enabledfeature", directory.require(feature).id);
  void directory.commit([draft]);
}

function addBuiltins(directory: Directory): void {
  const { baseDn, domainSid } = directory.naming;
  const container = classOf("container");
  for (const name of ["Users", "Computers", "System"]) add(directory, baseDn, container, name, CRITICAL);
  add(directory, baseDn, container, "Deleted Objects", { ...CRITICAL, isDeleted: "TRUE" });
  const controllers = add(directory, baseDn, classOf("organizationalUnit"), "Domain Controllers", CRITICAL);
  const builtin = add(directory, baseDn, classOf("builtinDomain"), "Builtin", CRITICAL);
  const sid = (text: string): Buffer => parseSid(text) ?? Buffer.alloc(0);
  const group = classOf("group");
  for (const [name, rid] of Object.entries(BUILTIN_GROUPS)) {
    const own = { ...CRITICAL, objectSid: sid(`S-1-5-32-${rid}`), sAMAccountName: name, groupType: SECURITY_LOCAL };
    add(directory, builtin, group, name, { ...own, ...(UNPROTECTED.has(rid) ? {} : { adminCount: "1" }) });
  }
  const users = `CN=Users,${baseDn}`;
  const inDomain = (rid: number): Attributes => ({ ...CRITICAL, objectSid: sid(`${domainSid}-${rid}`) });
  for (const [name, rid] of Object.entries(DOMAIN_GROUPS)) {
    const protectedGroup = UNPROTECTED.has(rid) ? {} : { adminCount: "1" };
    const scope = FOREST_WIDE.has(rid) ? { groupType: SECURITY_UNIVERSAL } : {};
    add(directory, users, group, name, { ...inDomain(rid), ...protectedGroup, ...scope, sAMAccountName: name });
  }
  const user = classOf("user");
  const account = (name: string, rid: number, control: number, more: Attributes = {}): string => {
    const names = { sAMAccountName: name, userAccountControl: String(control) };
    return add(directory, users, user, name, { ...inDomain(rid), ...names, ...secret(), ...more });
  };
  const administrator = account("Administrator", 500, UAC.normal | NO_EXPIRY, { adminCount: "1" });
  account("Guest", 501, UAC.normal | UAC.disabled | UAC.passwordNotRequired | NO_EXPIRY);
  account("krbtgt", 502, UAC.normal | UAC.disabled, { adminCount: "1" });
  const administrators = `CN=Administrators,${builtin}`;
  addMember(directory, administrators, administrator);
  for (const name of ["Domain Admins", "Enterprise Admins", "Schema Admins"])
    addMember(directory, childDn("CN", name, users), administrator);
  for (const name of ["Domain Admins", "Enterprise Admins"])
    addMember(directory, administrators, childDn("CN", name, users));
  const dc = {
    sAMAccountName: "DC1$",
    userAccountControl: String(UAC.server | 0x80000),
    dNSHostName: directory.naming.dnsHostName,
  };
  add(directory, controllers, classOf("computer"), "DC1", { ...CRITICAL, ...dc });
}

function addCompany(directory: Directory): void {
  const { baseDn } = directory.naming;
  const unit = classOf("organizationalUnit");
  const group = classOf("group");
  const people = add(directory, baseDn, unit, "People");
  for (const name of ["Joiners", "Leavers", "Staff"]) add(directory, people, unit, name);
  const groups = add(directory, baseDn, unit, "Groups");
  for (const name of ["All Staff", "Engineering", "Finance Reports", "Sales Drive", "VPN Users"]) {
    add(directory, groups, group, name, { sAMAccountName: name, groupType: SECURITY_GLOBAL });
  }
  const delegated = add(directory, `CN=Users,${baseDn}`, group, DELEGATED_GROUP, {
    sAMAccountName: DELEGATED_GROUP,
    description: "May write accounts in OU=People and groups in OU=Groups",
  });
  const services = add(directory, baseDn, unit, "Service Accounts");
  for (const name of ["svc-backup", "svc-print", SERVICE_ACCOUNT]) {
    add(directory, services, classOf("user"), name, {
      sAMAccountName: name,
      userPrincipalName: `${name}@${directory.naming.dnsDomain}`,
      displayName: name,
      userAccountControl: String(UAC.normal | NO_EXPIRY),
      ...secret(),
    });
  }
  addMember(directory, delegated, childDn("CN", SERVICE_ACCOUNT, services));
}

/** A password that nobody knows. */
function secret(): Attributes {
  return { unicodePwd: hashPassword(randomBytes(24).toString("base64")), pwdLastSet: "-1" };
}

function addMember(directory: Directory, group: string, member: string): void {
  const draft = new Draft(directory.store, directory.require(group));
  draft.addLink("member", directory.require(member).id);
  void directory.commit([draft]);
}

function addPerson(directory: Directory, person: SeedPerson): void {
  const { baseDn, dnsDomain } = directory.naming;
  const container = `OU=${person.container ?? "Staff"},OU=People,${baseDn}`;
  const cn = `${person.given} ${person.family}`;
  const optional = ["employeeID", "mail", "title", "department", "company", "telephoneNumber"] as const;
  const given = optional.flatMap((key) => (person[key] === undefined ? [] : [[key, person[key]] as const]));
  const control = UAC.normal | (person.enabled ? 0 : UAC.disabled);
  const dn = add(directory, container, classOf("user"), cn, {
    givenName: person.given,
    sn: person.family,
    displayName: cn,
    sAMAccountName: person.sAMAccountName,
    userPrincipalName: `${person.sAMAccountName}@${dnsDomain}`,
    userAccountControl: String(control),
    ...Object.fromEntries(given),
    ...secret(),
  });
  const boss = person.manager === undefined ? undefined : directory.living("samaccountname", person.manager)[0];
  if (boss !== undefined) {
    const draft = new Draft(directory.store, directory.require(dn));
    draft.addLink("manager", boss.id);
    void directory.commit([draft]);
  }
  for (const group of person.groups ?? []) addMember(directory, `${rdn("CN", group)},OU=Groups,${baseDn}`, dn);
}
