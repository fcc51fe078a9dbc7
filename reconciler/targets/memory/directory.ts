/**
 * The state of the in-memory directory and the hands of everybody else: administrators, other tools, people. What Muster
 * itself may ask for is in perform.ts. Records are immutable and replaced on every write, so that a clone costs one copy
 * of the maps: tests look at every prefix of a plan.
 */
import { sha256 } from "../../model/hash.js";
import type { Anchor } from "../../model/observed.js";
import { childDn, isUnder, normalizeDn, parentDn } from "../../support/dn.js";
import { MusterError } from "../../support/errors.js";
import type {
  DirectoryRecord,
  GroupMembers,
  MemoryOptions,
  RecordKind,
  StoredValue,
  StoredValues,
  WriteRequest,
} from "./records.js";

/** What somebody else gives to create an object; left out: disabled no, container the first managed one. */
export interface NewObject {
  readonly attributes: StoredValues;
  readonly container?: string;
  readonly enabled?: boolean;
  readonly claim?: string | null;
  readonly protected?: string | null;
  readonly hasChildren?: boolean;
  readonly synced?: boolean;
  readonly obstacle?: string;
}

const NO_MEMBERS: GroupMembers = { accounts: new Set(), others: 0 };

export class MemoryDirectory {
  readonly options: MemoryOptions;
  /** Every request that wants to write, in order, those that were refused too. */
  readonly writes: WriteRequest[] = [];
  readonly records: Map<Anchor, DirectoryRecord>;
  readonly members: Map<Anchor, GroupMembers>;
  /** Deleted accounts that can be restored. */
  readonly deleted: Map<Anchor, DirectoryRecord>;
  /** Deleted accounts of which too little is left. */
  readonly tombstones: Set<Anchor>;
  /** Normalized DN to DN. */
  readonly containers: Map<string, string>;
  /** Requests so far, reads and writes: the clock of the lag. */
  tick = 0;
  private readonly holders: Map<string, readonly Anchor[]>;
  private readonly unique: readonly (readonly [string, string])[];
  private allotted = 0;

  constructor(options: MemoryOptions, from?: MemoryDirectory) {
    this.options = options;
    this.records = new Map(from?.records);
    this.members = new Map(from?.members);
    this.deleted = new Map(from?.deleted);
    this.tombstones = new Set(from?.tombstones);
    this.containers = new Map(from?.containers);
    this.holders = new Map(from?.holders);
    this.unique = Object.entries(options.unique ?? options.capabilities.spaces).filter(
      ([attribute]) => !(this.hasContainers && attribute === "cn"),
    );
    if (from !== undefined) {
      this.tick = from.tick;
      this.allotted = from.allotted;
      this.writes.push(...from.writes);
      return;
    }
    for (const container of [...options.managed.accounts, ...(options.managed.groups ?? [])])
      this.addContainer(container);
  }

  get hasContainers(): boolean {
    return this.options.capabilities.containers === "dn";
  }

  /** An independent copy: writes to one are not seen by the other. */
  clone(): MemoryDirectory {
    return new MemoryDirectory(this.options, this);
  }

  /** Creates a container and those above it. */
  addContainer(dn: string): void {
    if (!this.hasContainers) return;
    for (let at = dn; at !== ""; at = parentDn(at)) {
      const key = normalizeDn(at);
      if (!this.containers.has(key)) this.containers.set(key, at);
    }
  }

  addAccount(object: NewObject): Anchor {
    return this.add("account", object);
  }

  /** A computer, a contact, anything that only holds names. */
  addOther(object: NewObject): Anchor {
    return this.add("other", object);
  }

  addGroup(object: NewObject, accounts: readonly Anchor[] = [], others = 0): Anchor {
    const container = object.container ?? this.options.managed.groups?.[0];
    const anchor = this.add("group", { ...object, ...(container === undefined ? {} : { container }) });
    this.members.set(anchor, { accounts: new Set(accounts), others });
    return anchor;
  }

  /** A product with seats; `plans` are ids by name. The anchor is its skuId. */
  addLicence(skuPartNumber: string, seats: number, plans: Readonly<Record<string, string>> = {}): Anchor {
    const record = this.draft("licence", { attributes: { skuPartNumber } });
    this.replace({ ...record, product: { seats, plans }, created: Number.NEGATIVE_INFINITY });
    return record.anchor;
  }

  /** Whoever has a licence by a group. */
  inheritLicence(sku: Anchor, accounts: readonly Anchor[]): void {
    this.members.set(sku, { ...this.membersOf(sku), inherited: new Set(accounts) });
  }

  /** Gives a licence directly, or takes it away (null). */
  setLicence(sku: Anchor, account: Anchor, disabledPlans: readonly string[] | null): void {
    this.changeMembers(sku, disabledPlans === null ? [] : [account], disabledPlans === null ? [account] : []);
    const members = this.membersOf(sku);
    const plans = new Map(members.disabledPlans);
    if (disabledPlans === null || disabledPlans.length === 0) plans.delete(account);
    else plans.set(account, disabledPlans);
    this.members.set(sku, { ...members, disabledPlans: plans });
  }

  /** Seats in use, by whatever way. */
  seatsUsed(sku: Anchor): number {
    const { accounts, inherited = [] } = this.membersOf(sku);
    return new Set([...accounts, ...inherited]).size;
  }

  /** Synchronisation takes the account over, or lets go of it. */
  setSynced(anchor: Anchor, synced: boolean): void {
    this.replace({ ...this.get(anchor), synced });
  }

  editAccount(anchor: Anchor, changes: Readonly<Record<string, StoredValue | null>>): void {
    this.replace(withAttributes(this.get(anchor), changes));
  }

  disableAccount(anchor: Anchor): void {
    this.replace({ ...this.get(anchor), enabled: false });
  }

  enableAccount(anchor: Anchor): void {
    this.replace({ ...this.get(anchor), enabled: true });
  }

  /** An account or a group. */
  protect(anchor: Anchor, why: string | null): void {
    this.replace({ ...this.get(anchor), protected: why });
  }

  moveAccount(anchor: Anchor, container: string): void {
    this.replace({ ...this.get(anchor), container });
  }

  /** Removes any object and every reference to it. `recyclable`: whether `restore` can bring it back. */
  deleteObject(anchor: Anchor, options: { readonly recyclable: boolean } = { recyclable: true }): void {
    const record = this.get(anchor);
    this.unindex(record);
    this.records.delete(anchor);
    this.members.delete(anchor);
    if (record.kind === "account") {
      if (options.recyclable) this.deleted.set(anchor, record);
      else this.tombstones.add(anchor);
    }
    for (const other of [...this.records.values()]) this.forget(other, anchor);
    for (const [group, members] of this.members) {
      if (!members.accounts.has(anchor) && members.inherited?.has(anchor) !== true) continue;
      const without = (anchors: ReadonlySet<Anchor> = new Set()) =>
        new Set([...anchors].filter((one) => one !== anchor));
      const inherited = members.inherited === undefined ? {} : { inherited: without(members.inherited) };
      this.members.set(group, { ...members, accounts: without(members.accounts), ...inherited });
    }
  }

  /** Brings a deleted account back, where it was unless something else is said; references to what is gone stay gone. */
  restoreAccount(anchor: Anchor, { cn, container }: { cn?: string | null; container?: string | null } = {}): void {
    const record = this.deleted.get(anchor);
    if (record === undefined) throw refusal(`${anchor} cannot be restored`);
    const kept = Object.entries(record.attributes).filter(([, value]) => {
      const link = linkOf(value);
      return link === null || this.records.has(link);
    });
    const attributes = { ...Object.fromEntries(kept), ...(cn == null ? {} : { cn }) };
    this.replace({ ...record, container: container ?? record.container, attributes });
    this.deleted.delete(anchor);
  }

  addMember(group: Anchor, account: Anchor): void {
    this.changeMembers(group, [account], []);
  }

  removeMember(group: Anchor, account: Anchor): void {
    this.changeMembers(group, [], [account]);
  }

  changeMembers(group: Anchor, add: readonly Anchor[], remove: readonly Anchor[]): void {
    const members = this.membersOf(group);
    const accounts = new Set(members.accounts);
    for (const anchor of add) accounts.add(anchor);
    for (const anchor of remove) accounts.delete(anchor);
    this.members.set(group, { ...members, accounts });
  }

  membersOf(group: Anchor): GroupMembers {
    return this.members.get(group) ?? NO_MEMBERS;
  }

  /** The record of an anchor. Throws MUS-5006 when there is none. */
  get(anchor: Anchor): DirectoryRecord {
    const record = this.records.get(anchor);
    if (record === undefined) throw refusal(`there is no object ${anchor}`);
    return record;
  }

  /** The account whose create wrote the claim. */
  withClaim(claim: string): DirectoryRecord | null {
    const anchor = this.holders.get(`claim|${claim}`)?.[0];
    return anchor === undefined ? null : (this.records.get(anchor) ?? null);
  }

  addressOf(record: DirectoryRecord): string {
    const cn = record.attributes.cn;
    return this.hasContainers && typeof cn === "string" ? childDn("CN", cn, record.container) : record.anchor;
  }

  isManaged(record: DirectoryRecord): boolean {
    if (!this.hasContainers) return true;
    const { accounts, groups } = this.options.managed;
    const containers = record.kind === "group" ? (groups ?? []) : accounts;
    return containers.some((container) => isUnder(record.container, container));
  }

  /** A fresh record with an anchor of its own; it is not in the directory yet. */
  draft(kind: RecordKind, object: NewObject): DirectoryRecord {
    this.allotted += 1;
    return {
      kind,
      anchor: anchorOf(this.options.seed, this.allotted),
      container: this.hasContainers ? (object.container ?? this.options.managed.accounts[0] ?? "") : "",
      enabled: object.enabled ?? true,
      attributes: object.attributes,
      claim: object.claim ?? null,
      protected: object.protected ?? null,
      hasChildren: object.hasChildren ?? false,
      ...(object.synced === undefined ? {} : { synced: object.synced }),
      ...(object.obstacle === undefined ? {} : { obstacle: object.obstacle }),
      created: this.tick,
    };
  }

  /** Puts a record in the place of the one with its anchor, or adds it. Throws MUS-5006 when a rule forbids it. */
  replace(record: DirectoryRecord): void {
    const conflict = this.conflictOf(record);
    if (conflict !== null) throw refusal(conflict);
    const old = this.records.get(record.anchor);
    if (old !== undefined) this.unindex(old);
    this.records.set(record.anchor, record);
    for (const key of this.keysOf(record)) this.holders.set(key, [...(this.holders.get(key) ?? []), record.anchor]);
  }

  private add(kind: RecordKind, object: NewObject): Anchor {
    const record = this.draft(kind, object);
    this.addContainer(record.container);
    // Not by Muster's hand: it was there for long, no replica lags behind it.
    this.replace({ ...record, created: Number.NEGATIVE_INFINITY });
    return record.anchor;
  }

  private conflictOf(record: DirectoryRecord): string | null {
    if (this.hasContainers && !this.containers.has(normalizeDn(record.container)))
      return `there is no container ${record.container}`;
    if (this.hasContainers && typeof record.attributes.cn !== "string") return "an object needs a cn";
    for (const key of this.keysOf(record)) {
      if (key.startsWith("claim|")) continue;
      const holder = this.holders.get(key)?.find((anchor) => anchor !== record.anchor);
      if (holder !== undefined) return `${key.replace("|", " ")} is held by ${holder}`;
    }
    return null;
  }

  private keysOf(record: DirectoryRecord): Set<string> {
    const keys = new Set<string>();
    if (this.hasContainers) keys.add(`dn|${normalizeDn(this.addressOf(record))}`);
    if (record.claim !== null) keys.add(`claim|${record.claim}`);
    for (const [attribute, space] of this.unique) {
      const value = record.attributes[attribute];
      if (typeof value === "string") keys.add(`${space}|${value.toLowerCase()}`);
    }
    return keys;
  }

  private unindex(record: DirectoryRecord): void {
    for (const key of this.keysOf(record)) {
      const rest = (this.holders.get(key) ?? []).filter((anchor) => anchor !== record.anchor);
      if (rest.length === 0) this.holders.delete(key);
      else this.holders.set(key, rest);
    }
  }

  private forget(record: DirectoryRecord, anchor: Anchor): void {
    const gone = Object.entries(record.attributes).filter(([, value]) => linkOf(value) === anchor);
    if (gone.length > 0) this.replace(withAttributes(record, Object.fromEntries(gone.map(([name]) => [name, null]))));
  }
}

/** Whom a value refers to; null when it is no reference. */
export function linkOf(value: StoredValue | null): Anchor | null {
  return value !== null && typeof value === "object" && "anchor" in value ? value.anchor : null;
}

/** The record with attributes set, or removed where the value is null. */
export function withAttributes(
  record: DirectoryRecord,
  changes: Readonly<Record<string, StoredValue | null>>,
): DirectoryRecord {
  const attributes: Record<string, StoredValue> = { ...record.attributes };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete attributes[name];
    else attributes[name] = value;
  }
  return { ...record, attributes };
}

function anchorOf(seed: number, number: number): Anchor {
  const hex = sha256(`${seed}:${number}`);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

function refusal(what: string): MusterError {
  return new MusterError("MUS-5006", { what });
}
