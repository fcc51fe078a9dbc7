/** Random policies: a handful of decisions, written as the YAML that a person would write. */
import fc from "fast-check";

export const BASE = "DC=corp,DC=example";
export const PEOPLE_OU = `OU=People,${BASE}`;
export const STAFF = `OU=Staff,${PEOPLE_OU}`;
export const JOINERS = `OU=Joiners,${PEOPLE_OU}`;
export const LEAVERS = `OU=Leavers,${PEOPLE_OU}`;
/** Observed, but nothing in it is ours to write. */
export const OUTSIDE = `CN=Users,${BASE}`;
/** Named by a container rule and never created. */
export const MISSING_OU = `OU=Ghosts,${PEOPLE_OU}`;
export const GROUPS_OU = `OU=Groups,${BASE}`;
export const GROUPS = ["Everyone", "Sales Tools", "Works Council"] as const;
export const TARGET = "corp-ad";

export interface PolicySpec {
  readonly per: "person" | "worker";
  readonly prehire: number;
  readonly prehireAccount: "disabled" | "enabled";
  readonly leave: { readonly account: "disabled" | "enabled" | "keep"; readonly create: boolean };
  readonly leftAfter: string | null;
  readonly leftAttributes: "freeze" | "update";
  readonly tasks: readonly ("left" | "leave" | "active")[];
  readonly vanishedAfter: string;
  readonly outOfScope: "disabled" | "keep";
  readonly deleteAfter: string | null;
  readonly deleteUnused: boolean;
  /** Whether the target may bring back what was deleted. */
  readonly restore: boolean;
  /** Only in a tenant: how long after Muster deleted an account it deletes it for good. */
  readonly purge?: "5d" | null;
  readonly rehire: "none" | "reactivate" | "reprovision" | "late-reprovision";
  readonly onRename: "keep" | "follow";
  readonly counter: boolean;
  readonly lastResort: boolean;
  readonly retain: boolean;
  readonly mail: "none" | "from-login" | "unique";
  readonly title: { readonly onNull: "keep" | "clear"; readonly onDrift: "correct" | "notify" };
  readonly containerDrift: "correct" | "notify";
  readonly leaversMove: boolean;
  readonly ghosts: boolean;
  readonly twoMappings: boolean;
  readonly manager: "none" | "keep" | "clear";
  readonly onLoss: readonly ["remove" | "remove-granted" | "keep", "remove" | "remove-granted" | "keep"];
  readonly protectedWorker: boolean;
  readonly fight: boolean;
}

const chance = (percent: number) => fc.integer({ min: 1, max: 100 }).map((roll) => roll <= percent);
const loss = fc.constantFrom("remove", "remove-granted", "keep");

export const policySpec: fc.Arbitrary<PolicySpec> = fc.record({
  per: fc.constantFrom("person", "worker"),
  prehire: fc.constantFrom(14, 7, 0),
  prehireAccount: fc.constantFrom("disabled", "disabled", "enabled"),
  leave: fc.record({ account: fc.constantFrom("disabled", "disabled", "enabled", "keep"), create: fc.boolean() }),
  leftAfter: fc.constantFrom(null, null, "3d"),
  leftAttributes: fc.constantFrom("freeze", "freeze", "update"),
  tasks: fc.subarray(["left", "leave", "active"]),
  vanishedAfter: fc.constantFrom("72h", "14d"),
  outOfScope: fc.constantFrom("disabled", "disabled", "keep"),
  deleteAfter: fc.constantFrom("10d", "10d", "30d", null),
  deleteUnused: fc.boolean(),
  restore: fc.boolean(),
  rehire: fc.constantFrom("reprovision", "reprovision", "reprovision", "late-reprovision", "reactivate", "none"),
  onRename: fc.constantFrom("follow", "follow", "keep"),
  counter: fc.boolean(),
  lastResort: chance(70),
  retain: fc.boolean(),
  mail: fc.constantFrom("none", "unique", "from-login"),
  title: fc.record({ onNull: fc.constantFrom("keep", "clear"), onDrift: fc.constantFrom("correct", "notify") }),
  containerDrift: fc.constantFrom("correct", "notify"),
  leaversMove: fc.boolean(),
  ghosts: chance(25),
  twoMappings: fc.boolean(),
  manager: fc.constantFrom("keep", "clear", "none"),
  onLoss: fc.tuple(loss, loss),
  protectedWorker: chance(15),
  fight: chance(20),
});

/** The attributes that the mappings of a policy manage; every other one is somebody else's. */
export function managedAttributes(policy: PolicySpec): readonly string[] {
  const always = ["employeeID", "givenName", "sn", "displayName", "title", "department", "company"];
  const names = ["cn", "sAMAccountName", "userPrincipalName"];
  return [
    ...always,
    ...names,
    ...(policy.mail === "none" ? [] : ["mail"]),
    ...(policy.manager === "none" ? [] : ["manager"]),
  ];
}

const GENEROUS_VERBS = [
  "create",
  "bind",
  "unbind",
  "update",
  "clear",
  "rename",
  "move",
  "enable",
  "disable",
  "delete",
  "purge",
  "remove-member",
  "remove-licence",
  "run-task",
];

/** Limits so wide that only the guard property, which has limits of its own, ever meets one. */
export function generousLimits(groups: readonly string[]): string {
  const limits = GENEROUS_VERBS.map((verb) => `verb: ${verb}`);
  const perGroup = groups.map((group) => `verb: remove-member, group: "${group}"`);
  return [...limits, ...perGroup].map((limit) => `  - { ${limit}, max: 100000, maxShare: 100000% }`).join("\n");
}

const GENEROUS = generousLimits(GROUPS.map(groupDn));

export function groupDn(name: string): string {
  return `CN=${name},${GROUPS_OU}`;
}

/** The policy of a directory as YAML. `limits` replaces the generous ones. */
export function policyYaml(policy: PolicySpec, type: "memory" | "active-directory", limits = GENEROUS): string {
  // Two workers of one person could be caught by both mappings, which is an error of the policy.
  const mappings = isSplit(policy)
    ? [mapping(policy, "staff", "employees"), mapping(policy, "guests", "contingents")]
    : [mapping(policy, "staff", "employees")];
  const documents = [
    environment(policy),
    target(policy, type),
    ...scopes(),
    lifecycle(policy, "reset-password"),
    ...mappings,
    ...entitlements(policy, groupDn),
    guards(policy, limits),
  ];
  return documents.join("\n---\n");
}

/** Who is in which group, called as the target calls it. */
export function entitlements(policy: PolicySpec, nameOf: (group: string) => string): string[] {
  return [
    entitlement("everyone", nameOf(GROUPS[0]), "anybody", "remove"),
    entitlement("sales", nameOf(GROUPS[1]), "sales", policy.onLoss[0]),
    // A second way into a group that others manage by hand too, and one that overlaps with it.
    entitlement("council", nameOf(GROUPS[2]), "council", policy.onLoss[1]),
    entitlement("council-too", nameOf(GROUPS[2]), "sales", policy.onLoss[1]),
  ];
}

export function isSplit(policy: PolicySpec): boolean {
  return policy.twoMappings && policy.per === "worker";
}

export function environment(policy: PolicySpec): string {
  const fight = policy.fight ? "\nfight: { flips: 2, within: 7d }" : "";
  return `kind: Environment\nname: test\ntargets: [ ${TARGET} ]\nrecords: { branch: main }\nstaleLimit: { max: 0, maxShare: 0%, minOps: 1 }${fight}`;
}

function target({ restore }: PolicySpec, type: string): string {
  return `kind: Target
name: ${TARGET}
type: ${type}
base: ${BASE}
managed:
  accounts: [ "${PEOPLE_OU}" ]
  groups: [ "${GROUPS_OU}" ]
claim: employeeNumber
allow: [ create, update, rename, move, enable, disable, delete${restore ? ", restore" : ""} ]`;
}

export function scopes(): string[] {
  const one = (name: string, attribute: string, values: string) =>
    `kind: Scope\nname: ${name}\nall:\n  - { attribute: ${attribute}, operator: IN, value: "${values}" }`;
  return [
    one("employees", "type", "employee"),
    one("contingents", "type", "contingent"),
    one("anybody", "type", "employee, contingent"),
    one("sales", "job.department", "Sales"),
    one("council", "job.department", "Sales, Legal"),
  ];
}

/** `task` is what the stages that have tasks ask for, `purge` when deleted accounts are deleted for good. */
export function lifecycle(policy: PolicySpec, task: string, purge: string | null = null): string {
  const tasks = (stage: "left" | "leave" | "active") => (policy.tasks.includes(stage) ? `\n  tasks: [ ${task} ]` : "");
  const forGood = purge === null ? "" : `, purge: ${purge}`;
  const rehire = {
    none: "",
    reactivate: "\nrehire: { account: reactivate }",
    reprovision: "\nrehire: { account: reprovision }",
    "late-reprovision": "\nrehire: { within: 20d, account: reactivate, otherwise: reprovision }",
  }[policy.rehire];
  return `kind: Lifecycle
name: standard
prehire: { from: ${policy.prehire}d before start, account: ${policy.prehireAccount}, create: true }
active:
  account: enabled
  create: true${tasks("active")}
leave:
  account: ${policy.leave.account}
  create: ${policy.leave.create}
  memberships: keep${tasks("leave")}
left:
  account: disabled
  memberships: remove-managed
  attributes: ${policy.leftAttributes}${policy.leftAfter === null ? "" : `\n  after: ${policy.leftAfter}`}${tasks("left")}
vanished: { after: ${policy.vanishedAfter}, treat-as: left }
rescinded: { account: disabled, memberships: remove-managed, delete: ${policy.deleteUnused ? "if-never-enabled" : "never"} }
out-of-scope: { account: ${policy.outOfScope} }${policy.deleteAfter === null ? "" : `\ndelete: { after: ${policy.deleteAfter} disabled${forGood} }`}${rehire}`;
}

function mapping(policy: PolicySpec, name: string, scope: string): string {
  const { counter, onRename } = policy;
  const retain = policy.retain ? "\n      retain: 1y" : "";
  const initial = policy.lastResort ? "\n        - 'Append(\"u\", [id])'" : "";
  const full = policy.lastResort ? "\n        - 'Join(\" \", [name.given], [name.family], [id])'" : "";
  const leavers = policy.leaversMove ? `\n  left: { constant: "${LEAVERS}" }` : "";
  const home = policy.ghosts ? `Switch([job.department], "${STAFF}", "Legal", "${MISSING_OU}")` : `Trim("${STAFF}")`;
  return `kind: Mapping
name: ${name}
target: ${TARGET}
account: provision
per: ${policy.per}
scope: ${scope}
lifecycle: standard
match:
  - { attribute: employeeID, value: '[id]' }
  - { attribute: mail, value: '[contact.workEmail]' }
container:
  prehire: { constant: "${JOINERS}" }${leavers}
  default: { value: '${home}' }
  onDrift: ${policy.containerDrift}
attributes:
  employeeID: { value: '[id]', apply: create-only }
  givenName: { value: '[name.given]' }
  sn: { value: '[name.family]', onNull: clear }
  displayName: { value: 'Join(" ", [name.given], [name.family])' }
  title: { value: '[job.title]', onNull: ${policy.title.onNull}, onDrift: ${policy.title.onDrift} }
  department: { value: '[job.department]', when: { left: clear } }
  company: { constant: Lindwurm }
  sAMAccountName:
    unique:
      candidates:
        - 'ToLower(Append(Left([name.given], 1), [name.family]))'
        - 'ToLower(Append([name.given], [name.family]))'${initial}
      counter: ${counter}
      maxLength: 20
      charset: { allow: ascii-letters-digits, fold: true }
      within: forest
      onRename: ${onRename}${retain}
  userPrincipalName:
    unique:
      candidates: [ 'Join("@", [account.sAMAccountName], "corp.example")' ]
      counter: ${counter}
      within: all
      onRename: ${onRename}
  cn:
    unique:
      candidates:
        - 'Join(" ", [name.given], [name.family])'${full}
      counter: ${counter}
      maxLength: 64
      onRename: ${onRename}${mailRule(policy)}${managerRule(policy)}`;
}

function mailRule(policy: PolicySpec): string {
  switch (policy.mail) {
    case "none":
      return "";
    case "from-login":
      return "\n  mail: { value: '[account.userPrincipalName]' }";
    case "unique":
      return `\n  mail:\n    unique:\n      candidates: [ '[contact.workEmail]', 'Join("@", [account.sAMAccountName], "corp.example")' ]\n      within: all\n      onRename: keep`;
  }
}

function managerRule(policy: PolicySpec): string {
  if (policy.manager === "none") return "";
  return `\n  manager: { reference: manager, onUnresolved: ${policy.manager}, when: { left: clear } }`;
}

export function entitlement(name: string, group: string, scope: string, onLoss: string, target = TARGET): string {
  return `kind: Entitlement
name: ${name}
target: ${target}
group: "${group}"
scope: ${scope}
onLoss: ${onLoss}`;
}

export function guards(policy: PolicySpec, limits: string): string {
  const principal = policy.protectedWorker ? `\nprotected: [ { worker: "hr:2" } ]` : "";
  return `kind: Guards\nname: default\nlimits:\n${limits}${principal}`;
}
