/** A small organisation: a state repository with policies, an HR export, and the embedded directory. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Attribute, Change, Client } from "ldapts";
import { type Faults, type Sandbox, startSandbox } from "../../reconciler/sandbox/directory-server.js";
import { commitFiles, createRepository, git, temporaryFolder, writeFiles } from "../unit/repo/temp-repository.js";
import { ensureBuilt, type Finished, type Running, startCli } from "./cli-process.js";

export const POLICIES: Readonly<Record<string, string>> = {
  "policies/environment.yaml": `apiVersion: muster/v1
kind: Environment
name: test
targets: [corp-ad]
records: { branch: main }
planExpires: 24h
`,
  "policies/source.yaml": `apiVersion: muster/v1
kind: Source
name: hr
type: csv
file:
  path: import/workers.csv
  encoding: utf-8
  delimiter: ","
worker:
  id: { value: '[Id]' }
  type: { constant: employee }
  name: { given: { value: '[Given]' }, family: { value: '[Family]' } }
  employment:
    from: { value: '[From]' }
    lastDay: { value: '[LastDay]' }
    dateFormat: yyyy-MM-dd
  job: { title: { value: '[Title]' }, department: { value: '[Department]' } }
  manager: { value: '[Manager]' }
  timezone: { constant: Europe/Berlin }
trust: { shrink: { max: 20, maxShare: 5%, minPopulation: 20 } }
badRows: refuse
`,
  "policies/target.yaml": `apiVersion: muster/v1
kind: Target
name: corp-ad
type: active-directory
sandbox: true
url: env:MUSTER_AD_URL
caFile: env:MUSTER_AD_CA
bind: { user: env:MUSTER_AD_USER, password: env:MUSTER_AD_PASSWORD }
base: DC=corp,DC=example
forest: corp
managed:
  accounts: ["OU=People,DC=corp,DC=example"]
  groups: ["OU=Groups,DC=corp,DC=example"]
claim: employeeNumber
allow: [create, update, rename, move, enable, disable]
`,
  "policies/people.yaml": `apiVersion: muster/v1
kind: Scope
name: employees
all:
  - { attribute: type, operator: EQUALS, value: employee }
---
apiVersion: muster/v1
kind: Lifecycle
name: standard
prehire: { from: 14d before start, account: disabled, create: true }
active: { account: enabled, create: true }
leave: { account: disabled, memberships: keep }
left: { account: disabled, memberships: remove-managed, attributes: freeze }
vanished: { after: 72h, treat-as: left }
rescinded: { account: disabled }
out-of-scope: { account: disabled }
---
apiVersion: muster/v1
kind: Mapping
name: ad-people
target: corp-ad
account: provision
per: person
scope: employees
lifecycle: standard
match:
  - { attribute: employeeID, value: '[id]' }
container:
  left: { constant: "OU=Leavers,OU=People,DC=corp,DC=example" }
  default: { constant: "OU=Staff,OU=People,DC=corp,DC=example" }
attributes:
  employeeID: { value: '[id]', apply: create-only }
  givenName: { value: '[name.given]' }
  sn: { value: '[name.family]' }
  title: { value: '[job.title]', onNull: clear }
  department:
    value: |-
      Coalesce(
        [job.department],
        "None")
  manager: { reference: manager, onUnresolved: keep }
  sAMAccountName:
    unique:
      candidates: ['ToLower(Append(Left([name.given], 1), [name.family]))']
      counter: true
      maxLength: 20
      charset: { allow: ascii-letters-digits, fold: true }
      within: forest
      onRename: keep
  userPrincipalName:
    unique: { candidates: ['Join("@", [account.sAMAccountName], "corp.example")'], within: all, onRename: keep }
  cn: { unique: { candidates: ['Join(" ", [name.given], [name.family])'], counter: true, maxLength: 64, onRename: follow } }
---
apiVersion: muster/v1
kind: Entitlement
name: all-staff
target: corp-ad
group: CN=All Staff,OU=Groups,DC=corp,DC=example
scope: employees
`,
};

export const HEADER = "Id,Given,Family,Title,Department,Manager,From,LastDay";
export const PEOPLE = [
  "0010001,Ada,Hopper,Director,Board,,2020-01-01,",
  "0010002,Béla,Kovács,Engineer,Works,0010001,2020-01-01,",
  "0010003,Chloé,Martin,Engineer,Works,0010002,2021-03-01,",
  "0010004,Dag,Olsen,Clerk,Sales,0010001,2022-06-15,",
  "0010005,Eva,Olsen,Clerk,Sales,0010004,2023-02-01,",
];

export const NOW = "2026-11-20T12:00:00Z";

/** What must appear in nothing that muster prints or writes. */
export const CANARY = "canary-7f3a91c5";

export interface Organisation {
  /** The state repository. */
  readonly folder: string;
  readonly sandbox: Sandbox;
  /** Where a sink of secrets may be. */
  readonly secrets: string;
  /** May be changed at any time. */
  readonly faults: Faults;
  /** The domain administrator's hands. */
  readonly admin: Client;
  /** Of muster and of the directory. */
  clock: string;
  /** Everything that muster printed so far. */
  readonly printed: string[];
  muster(...args: string[]): Promise<Finished>;
  start(...args: string[]): Running;
  git(...args: string[]): string;
  /** Imports these rows as a new export and commits the workers. */
  importPeople(rows: readonly string[], at?: string): Promise<void>;
  /** A path outside the repository that no other test has. */
  beside(name: string): string;
  /** Makes a plan, saved beside the repository; returns its file. */
  plan(name: string): Promise<string>;
  /** Work tree, refs and objects, and the writes that the directory saw: equal when nothing was written. */
  traces(): object;
  close(): Promise<void>;
}

/** With policies committed, and nobody in HR or below OU=People yet. */
export async function openOrganisation(policies: Readonly<Record<string, string>> = {}): Promise<Organisation> {
  await ensureBuilt();
  const folder = createRepository({ ...POLICIES, ...policies });
  const faults: Faults = {};
  const time = { clock: NOW };
  const beside = temporaryFolder();
  const sandbox = await startSandbox({
    folder: join(beside, "sandbox"),
    seed: "empty",
    faults,
    fsync: "never",
    now: () => new Date(time.clock),
  });
  const admin = new Client({ url: sandbox.url, tlsOptions: { ca: readFileSync(sandbox.caFile) } });
  await admin.bind(sandbox.adminUser, readFileSync(sandbox.adminPasswordFile, "utf8"));
  const variables = {
    MUSTER_AD_URL: sandbox.url,
    MUSTER_AD_CA: sandbox.caFile,
    MUSTER_AD_USER: sandbox.bindUser,
    MUSTER_AD_PASSWORD: readFileSync(sandbox.bindPasswordFile, "utf8").trim(),
    MUSTER_CANARY: CANARY,
    MUSTER_SECRETS: join(beside, "secrets"),
  };
  const start = (...args: string[]) => {
    const running = startCli(folder, ["--clock", time.clock, ...args], variables);
    void running.finished.then(({ output }) => organisation.printed.push(output));
    return running;
  };
  const organisation: Organisation = {
    folder,
    sandbox,
    secrets: join(beside, "secrets"),
    faults,
    admin,
    get clock() {
      return time.clock;
    },
    set clock(instant: string) {
      time.clock = instant;
    },
    printed: [],
    start,
    muster: (...args) => start(...args).finished,
    git: (...args) => git(folder, ...args),
    importPeople: async (rows, at = time.clock) => {
      const export_ = [HEADER, ...rows, ""].join("\n");
      writeFiles(beside, { "workers.csv": export_ });
      const args = ["--source", "hr", "--exported-at", at, "--commit", join(beside, "workers.csv")];
      succeed(await organisation.muster("import", ...args));
    },
    beside: (name) => join(beside, name),
    plan: async (name) => {
      const file = join(beside, `${name}.json`);
      succeed(await organisation.muster("plan", "--out", file));
      return file;
    },
    traces: () => ({
      files: hashFiles(folder),
      refs: git(folder, "for-each-ref"),
      head: git(folder, "symbolic-ref", "HEAD"),
      objects: git(folder, "cat-file", "--batch-all-objects", "--batch-check"),
      status: git(folder, "status", "--porcelain"),
      writes: sandbox.counters.writes,
    }),
    close: async () => {
      await admin.unbind();
      await sandbox.close();
    },
  };
  return organisation;
}

/** Throws with what was printed unless the process ended with 0. */
export function succeed(finished: Finished): Finished {
  if (finished.code !== 0) throw new Error(`ended with ${finished.code}:\n${finished.output}`);
  return finished;
}

/** Plans and applies; both must succeed. */
export async function reconcile(organisation: Organisation, name: string): Promise<Finished> {
  const plan = await organisation.plan(name);
  return succeed(await organisation.muster("apply", "--plan", plan));
}

export function commit(organisation: Organisation, files: Readonly<Record<string, string>>): string {
  return commitFiles(organisation.folder, files);
}

export interface DirectoryAccount {
  readonly dn: string;
  readonly employeeID: string;
  readonly sAMAccountName: string;
  readonly title: string;
  readonly userAccountControl: string;
  readonly objectGUID: string;
}

/** All accounts below OU=People, by employeeID. */
export async function accountsOf({ admin, sandbox }: Organisation): Promise<DirectoryAccount[]> {
  const attributes = ["employeeID", "sAMAccountName", "title", "userAccountControl", "objectGUID"];
  const { searchEntries } = await admin.search(`OU=People,${sandbox.baseDn}`, {
    filter: "(objectClass=user)",
    attributes,
    explicitBufferAttributes: ["objectGUID"],
  });
  return searchEntries
    .map((entry) => ({
      dn: entry.dn,
      employeeID: String(entry.employeeID),
      sAMAccountName: String(entry.sAMAccountName),
      title: String(entry.title),
      userAccountControl: String(entry.userAccountControl),
      objectGUID: guidText(entry.objectGUID as Buffer),
    }))
    .sort((a, b) => (a.employeeID < b.employeeID ? -1 : 1));
}

/** An administrator sets an attribute by hand. */
export async function editByHand(organisation: Organisation, id: string, type: string, value: string): Promise<void> {
  const account = (await accountsOf(organisation)).find(({ employeeID }) => employeeID === id);
  if (account === undefined) throw new Error(`no account of ${id}`);
  const modification = new Attribute({ type, values: [value] });
  await organisation.admin.modify(account.dn, new Change({ operation: "replace", modification }));
}

/** Text of a GUID: its first three fields are little-endian (MS-DTYP 2.3.4.2). */
function guidText(bytes: Buffer): string {
  const field = (from: number, to: number) => bytes.subarray(from, to).toString("hex");
  const swapped = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).reverse().toString("hex");
  return [swapped(0, 4), swapped(4, 6), swapped(6, 8), field(8, 10), field(10, 16)].join("-");
}

function hashFiles(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(folder, ".git/")))
    .sort();
  return Object.fromEntries(names.map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]));
}

/** Puts the repository back to a commit, with nothing else in the work tree. */
export function resetTo({ folder }: Organisation, commitId: string): void {
  git(folder, "reset", "-q", "--hard", commitId);
  git(folder, "clean", "-q", "-fd");
  rmSync(join(folder, ".git/muster/cache"), { recursive: true, force: true });
}
