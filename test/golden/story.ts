/** Plays a golden case: a memory directory that behaves like AD, a simulation, and the hands of HR and administrators. */
import type { Worker } from "../../reconciler/model/files/index.js";
import type { IdentityKey } from "../../reconciler/model/identity.js";
import { buildLedger } from "../../reconciler/model/ledger.js";
import type { PlanBody } from "../../reconciler/model/plan.js";
import { identityOf, idsOf } from "../../reconciler/model/worker.js";
import { AD_LIKE } from "../../reconciler/targets/memory/presets.js";
import type { DirectoryRecord, StoredValue } from "../../reconciler/targets/memory/records.js";
import { type MemoryTarget, memoryTarget } from "../../reconciler/targets/memory/target.js";
import { type RunResult, Simulation } from "../support/simulation.js";
import {
  type AdminAct,
  compileDocuments,
  type GoldenCase,
  mergePolicies,
  readBasePolicies,
  type Step,
  workerFrom,
} from "./case-file.js";
import { Tenant } from "./tenant.js";

const CONTAINERS: Readonly<Record<string, string>> = {
  People: "OU=People,DC=corp,DC=example",
  Staff: "OU=Staff,OU=People,DC=corp,DC=example",
  Joiners: "OU=Joiners,OU=People,DC=corp,DC=example",
  Leavers: "OU=Leavers,OU=People,DC=corp,DC=example",
  Vendors: "OU=Vendors,DC=corp,DC=example",
  Users: "CN=Users,DC=corp,DC=example",
  Groups: "OU=Groups,DC=corp,DC=example",
};
const GROUPS = [
  { name: "All Staff", container: "Groups" },
  { name: "Sales Drive", container: "Groups" },
  { name: "Chess Club", container: "Groups" },
  { name: "Domain Admins", container: "Users" },
];

/** What one step came to. */
export interface Played {
  readonly step: Step;
  readonly result: RunResult;
  /** The plan that would come next at the same instant. */
  readonly next: PlanBody;
  /** Requests that this step wrote. */
  readonly writes: number;
}

export class Story {
  readonly target: MemoryTarget;
  readonly tenant: Tenant | null;
  readonly simulation: Simulation;
  /** Anchors of the accounts that workers had when they were first bound, by worker id. */
  readonly first = new Map<string, string>();
  #documents: ReturnType<typeof readBasePolicies>;
  #faultAt: number | null = null;
  #last: PlanBody | null = null;

  constructor(golden: GoldenCase) {
    const managed = { accounts: [containerOf("People")], groups: [containerOf("Groups")] };
    const fault = (write: number) =>
      write === this.#faultAt ? ({ when: "after", what: "lose-reply" } as const) : null;
    this.target = memoryTarget({ ...AD_LIKE, name: "corp-ad", managed }, { fault });
    for (const container of Object.values(CONTAINERS)) this.target.directory.addContainer(container);
    for (const { name, container } of GROUPS)
      this.target.directory.addGroup({ attributes: { cn: name }, container: containerOf(container) });
    this.tenant = golden.tenant === true ? new Tenant(this.target) : null;
    for (const act of golden.directory ?? []) this.administer(act);
    const base = readBasePolicies(this.tenant === null ? "without" : "with-tenant");
    this.#documents = mergePolicies(base, golden.policy ?? []);
    const workers = Object.entries(golden.workers ?? {}).map(([id, fields]) => workerFrom(id, fields, undefined));
    this.simulation = new Simulation({
      policies: compileDocuments(this.#documents),
      workers,
      sources: {},
      targets: { "corp-ad": this.target, ...(this.tenant === null ? {} : { contoso: this.tenant.target }) },
      environment: "production",
    });
  }

  /** Reconciles until nothing is left to do: how things stood before the story. Guards refuse nothing here. */
  async begin(at: string): Promise<void> {
    // What a run makes in the directory comes to the tenant before the next one.
    const enough = this.tenant === null ? 1 : 2;
    for (let runs = 0, idle = 0; runs < 6 && idle < enough; runs++) {
      const result = await this.simulation.run(at);
      if (result.refused) throw new Error("the beginning of a case must not be refused");
      idle = result.plan.ops.length === 0 ? idle + 1 : 0;
      this.tenant?.administer({ sync: "run" });
    }
    this.simulation.recent.splice(0);
    this.#remember();
  }

  #remember(): void {
    for (const { id } of this.simulation.world.workers) {
      const anchor = this.ledgerOf(id)?.current?.anchor;
      if (anchor !== undefined && !this.first.has(id)) this.first.set(id, anchor);
    }
  }

  async play(step: Step): Promise<Played> {
    this.#change(step);
    const before = this.#writes();
    this.#faultAt = step.loseReplyOfWrite === undefined ? null : before + step.loseReplyOfWrite;
    const plan = await this.simulation.plan(step.at, step.at);
    this.#last = plan;
    for (const act of step.between ?? []) this.administer(act);
    const result = await this.simulation.apply(plan, step.applyAt ?? step.at);
    const writes = this.#writes() - before;
    this.#remember();
    const next = await this.simulation.plan(step.at, step.applyAt ?? step.at);
    return { step, result, next, writes };
  }

  #writes(): number {
    return this.target.directory.writes.length + (this.tenant?.target.directory.writes.length ?? 0);
  }

  #change(step: Step): void {
    const { world } = this.simulation;
    if (step.loseLedger === true) this.simulation.ledger = buildLedger([], new Map());
    for (const [id, fields] of Object.entries(step.hr ?? {})) {
      const base = world.workers.find((worker) => worker.id === id);
      const next = workerFrom(id, fields, base);
      world.workers = [...world.workers.filter((worker) => worker !== base), next];
    }
    for (const act of step.admin ?? []) this.administer(act);
    if (step.policy === undefined) return;
    const changes = step.policy.map((document) =>
      document.actions === "$last" ? { ...document, actions: this.#last?.digests.actions } : document,
    );
    this.#documents = mergePolicies(this.#documents, changes);
    world.policies = compileDocuments(this.#documents);
  }

  administer(act: AdminAct): void {
    const { directory } = this.target;
    if ("add" in act) {
      const attributes = { cn: act.add, ...this.#stored(act.set ?? {}) } as Record<string, StoredValue>;
      const anchor = directory.addAccount({
        attributes,
        container: containerOf(act.in),
        enabled: act.enabled ?? true,
        hasChildren: act.children ?? false,
      });
      for (const group of act.groups ?? []) directory.addMember(this.find("group", group).anchor, anchor);
    } else if ("edit" in act) directory.editAccount(this.account(act.edit).anchor, this.#stored(act.set));
    else if ("disable" in act) directory.disableAccount(this.account(act.disable).anchor);
    else if ("enable" in act) directory.enableAccount(this.account(act.enable).anchor);
    else if ("delete" in act)
      directory.deleteObject(this.account(act.delete).anchor, { recyclable: act.forGood !== true });
    else if ("expire" in act) {
      const [anchor] = [...directory.deleted].find(([, { attributes }]) => attributes.cn === act.expire) ?? [];
      if (anchor === undefined) throw new Error(`no deleted account of ${act.expire}`);
      directory.deleted.delete(anchor);
      directory.tombstones.add(anchor);
    } else if ("move" in act) directory.moveAccount(this.account(act.move).anchor, containerOf(act.to));
    else if ("nest" in act) {
      const group = this.find("group", act.nest);
      directory.protect(group.anchor, `member of ${act.in}`);
      for (const anchor of directory.membersOf(group.anchor).accounts)
        directory.protect(anchor, `member of ${act.nest}, which is in ${act.in}`);
    } else if ("join" in act) directory.addMember(this.find("group", act.group).anchor, this.account(act.join).anchor);
    else if ("leave" in act)
      directory.removeMember(this.find("group", act.group).anchor, this.account(act.leave).anchor);
    else if (this.tenant === null) throw new Error("the case has no tenant");
    else this.tenant.administer(act);
  }

  /** A manager is given by the name of the person. */
  #stored(attributes: Readonly<Record<string, string | readonly string[] | null>>): Record<string, StoredValue | null> {
    return Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        name === "manager" && typeof value === "string" ? { anchor: this.account(value).anchor } : value,
      ]),
    );
  }

  account(name: string): DirectoryRecord {
    return this.find("account", name);
  }

  find(kind: DirectoryRecord["kind"], name: string): DirectoryRecord {
    const found = this.search(kind, name);
    if (found === undefined) throw new Error(`there is no ${kind} "${name}"`);
    return found;
  }

  search(kind: DirectoryRecord["kind"], name: string): DirectoryRecord | undefined {
    return [...this.target.directory.records.values()].find((r) => r.kind === kind && r.attributes.cn === name);
  }

  worker(id: string): Worker {
    const found = this.simulation.world.workers.find((worker) => worker.id === id);
    if (found === undefined) throw new Error(`there is no worker ${id}`);
    return found;
  }

  ledgerOf(id: string, target = "corp-ad") {
    const worker = this.worker(id);
    return this.simulation.ledger.entries.get(`${target}|${identityOf(idsOf(worker), "person", worker.source)}`);
  }

  /** The name of a person as HR has it, for an identity key. */
  nameOf(identity: IdentityKey | string): string {
    const worker = this.simulation.world.workers.find((w) => identityOf(idsOf(w), "person", w.source) === identity);
    return worker === undefined ? identity : `${worker.name.given} ${worker.name.family}`;
  }
}

function containerOf(name: string): string {
  const dn = CONTAINERS[name];
  if (dn === undefined) throw new Error(`no container ${name}: use one of ${Object.keys(CONTAINERS).join(", ")}`);
  return dn;
}

/** The short name of a container, else its DN. */
export function containerName(dn: string): string {
  return Object.entries(CONTAINERS).find(([, value]) => value === dn)?.[0] ?? dn;
}
