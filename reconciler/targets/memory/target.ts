/**
 * The in-memory directory behind the target port: the double of every test of the planner and of apply. It honours the
 * same contract as the drivers (test/contract/target-port.ts) and can fail on purpose: at the n-th write, before or
 * after it takes effect.
 */
import type { IdentityKey } from "../../model/identity.js";
import type { Anchor, Observed, ObservedAccount, Selection } from "../../model/observed.js";
import type { Op, Outcome, Values } from "../../model/op.js";
import type { Capabilities, Forecast, ReadyOp, TargetPort } from "../../model/ports.js";
import { isReference, type Value } from "../../model/value.js";
import { MusterError } from "../../support/errors.js";
import { LDAP_MEMBERS_PER_MODIFY } from "../../support/limits.js";
import { MemoryDirectory } from "./directory.js";
import { isVisible, observeAccount, observeDirectory } from "./observe.js";
import { checkRequest, performRequest } from "./perform.js";
import type { MemoryOptions, StoredValue, WriteRequest, WriteResult } from "./records.js";
import { shuffled } from "./shuffle.js";

/**
 * What goes wrong at a write. `before`: it has no effect; `after`: it took effect. "fail": the server says no;
 * "lose-reply": nobody learns what became of it; "crash": `apply` throws MemoryCrash, as if the process ended.
 */
export interface Fault {
  readonly when: "before" | "after";
  readonly what: "fail" | "lose-reply" | "crash";
}

export interface WriteHooks {
  /** Asked for every write (counted from 1), just before it reaches the directory. */
  fault?(write: number, request: WriteRequest): Fault | null;
  /** Called just before a write reaches the directory: the moment for somebody else to change something. */
  interfere?(directory: MemoryDirectory, request: WriteRequest): void;
}

/** The end of the process, for tests of recovery. */
export class MemoryCrash extends Error {}

interface Batch {
  readonly request: WriteRequest;
  readonly ops: readonly Op[];
}

export class MemoryTarget implements TargetPort {
  readonly directory: MemoryDirectory;
  readonly hooks: WriteHooks;

  constructor(directory: MemoryDirectory, hooks: WriteHooks = {}) {
    this.directory = directory;
    this.hooks = hooks;
  }

  get name(): string {
    return this.directory.options.name;
  }

  get capabilities(): Capabilities {
    return this.directory.options.capabilities;
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async observe(selection: Selection): Promise<Observed> {
    this.directory.tick += 1;
    return observeDirectory(this.directory, selection);
  }

  async read(anchor: Anchor, selection: Selection): Promise<ObservedAccount | null> {
    this.directory.tick += 1;
    const record = this.directory.records.get(anchor);
    if (record === undefined || record.kind !== "account" || !isVisible(this.directory, record)) return null;
    return observeAccount(this.directory, record, selection);
  }

  async findClaim(claim: string, selection: Selection): Promise<ObservedAccount | null> {
    this.directory.tick += 1;
    const record = this.directory.withClaim(claim);
    if (record === null || !isVisible(this.directory, record)) return null;
    return observeAccount(this.directory, record, selection);
  }

  async *apply(ops: readonly ReadyOp[], _selection: Selection): AsyncGenerator<Outcome> {
    for (const batch of this.batchesOf(shuffled(ops, this.directory.options.shuffle))) {
      if ("outcome" in batch) yield batch.outcome;
      else yield* this.outcomesOf(batch);
    }
  }

  forecast(ops: readonly Op[]): Forecast {
    return { requests: ops.filter((op) => !op.ledgerOnly).length, seconds: 0 };
  }

  /** One request per op; those of one group and verb are put together where the target can (membersAsObjects). */
  private batchesOf(ops: readonly ReadyOp[]): (Batch | { readonly outcome: Outcome })[] {
    const batches: (Batch | { readonly outcome: Outcome })[] = [];
    const open = new Map<string, { request: OpenMembers; ops: Op[] }>();
    for (const ready of ops) {
      const request = this.requestOf(ready);
      if ("code" in request) {
        batches.push({ outcome: toOutcome(ready.op, request) });
        continue;
      }
      const key = request.verb === "members" ? `${ready.op.verb} ${request.group}` : "";
      const known = open.get(key);
      if (request.verb !== "members" || !this.directory.options.membersAsObjects) {
        batches.push({ request, ops: [ready.op] });
      } else if (known === undefined || known.ops.length >= LDAP_MEMBERS_PER_MODIFY) {
        const batch = { request: { ...request, add: [...request.add], remove: [...request.remove] }, ops: [ready.op] };
        open.set(key, batch);
        batches.push(batch);
      } else {
        known.request.add.push(...request.add);
        known.request.remove.push(...request.remove);
        known.ops.push(ready.op);
      }
    }
    return batches;
  }

  private *outcomesOf(batch: Batch): Generator<Outcome> {
    const { request, ops } = batch;
    if (request.verb === "members") return yield* this.memberOutcomes(request, ops);
    const result = this.write(request);
    for (const op of ops) yield toOutcome(op, result);
  }

  /** Each op has its own outcome: a member that is gone, or there already, says nothing about the others. */
  private *memberOutcomes(request: MembersRequest, ops: readonly Op[]): Generator<Outcome> {
    const exists = (anchor: Anchor) => this.directory.records.get(anchor)?.kind === "account";
    const before = this.directory.membersOf(request.group).accounts;
    const result = this.write({ ...request, add: request.add.filter(exists) });
    for (const [index, op] of ops.entries()) {
      const anchor = [...request.add, ...request.remove][index] ?? "";
      const adds = op.verb === "add-member";
      const moot = before.has(anchor) === adds && (result.kind === "done" || (!adds && result.kind === "refused"));
      if (moot) yield toOutcome(op, { kind: "already", anchor, code: null, detail: null });
      else if (adds && !exists(anchor)) yield toOutcome(op, isGone(anchor));
      else yield toOutcome(op, { ...result, anchor });
    }
  }

  /**
   * With compare-and-swap the check and the write are one; without it the object is read, and somebody else may come
   * between, as they may between a GET and a PATCH.
   */
  private write(request: WriteRequest): WriteResult {
    const swaps = this.capabilities.compareAndSwap;
    if (!swaps) {
      const early = checkRequest(this.directory, request);
      if (early !== "go") return early;
    }
    this.directory.tick += 1;
    this.directory.writes.push(request);
    const fault = this.hooks.fault?.(this.directory.writes.length, request) ?? null;
    this.hooks.interfere?.(this.directory, request);
    if (fault?.when === "before") return failure(fault);
    const check = swaps ? checkRequest(this.directory, request) : "go";
    const result = check === "go" ? performRequest(this.directory, request) : check;
    return fault === null ? result : failure(fault);
  }

  private requestOf(ready: ReadyOp): WriteRequest | WriteResult {
    const { op, anchor } = ready;
    try {
      if (op.verb === "create") return this.createOf(ready);
      if (anchor === null) throw new MusterError("MUS-9001", { what: `${op.verb} without an anchor` });
      switch (op.verb) {
        case "update":
        case "rename":
          return {
            verb: "modify",
            anchor,
            before: this.stored(op.before, ready.references, "expected"),
            after: this.stored(op.after, ready.references, "wanted"),
          };
        case "move":
          return {
            verb: "move",
            anchor,
            before: text(op.before.container),
            after: text(op.after.container),
            ...madeFirst(op),
          };
        case "enable":
        case "disable":
        case "delete":
        case "purge":
          return { verb: op.verb, anchor };
        case "restore":
          return { verb: "restore", anchor, cn: textOrNull(op.after.cn), container: textOrNull(op.after.container) };
        case "add-member":
          return { verb: "members", group: text(op.slot), add: [anchor], remove: [] };
        case "remove-member":
          return { verb: "members", group: text(op.slot), add: [], remove: [anchor] };
        case "assign-licence":
          return { verb: "licence", anchor, sku: text(op.slot), disabledPlans: listOf(op.after.disabledPlans) };
        case "remove-licence":
          return { verb: "licence", anchor, sku: text(op.slot), disabledPlans: null };
        case "run-task":
          return { verb: "task", anchor, task: text(op.slot) };
        default:
          throw new MusterError("MUS-9001", { what: `${op.verb} is nothing that a target does` });
      }
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      const kind = error.code === "MUS-5005" ? "refused" : "failed";
      return { kind, anchor, code: error.code, detail: error.what };
    }
  }

  private createOf({ op, references }: ReadyOp): WriteRequest {
    const { container, enabled, ...attributes } = op.after;
    return {
      verb: "create",
      claim: "claim" in op.object ? op.object.claim : "",
      container: typeof container === "string" ? container : "",
      enabled: enabled === true,
      attributes: withoutNull(this.stored(attributes, references, "wanted")),
      ...madeFirst(op),
    };
  }

  private stored(values: Values, references: References, role: "expected" | "wanted"): StoredOrNone {
    const entries = Object.entries(values).map(
      ([name, value]) => [name, this.storedValue(value, references, role)] as const,
    );
    return Object.fromEntries(entries);
  }

  /** A reference to an account that is gone cannot be wanted; where it is expected it is none, as the directory removed it. */
  private storedValue(value: Value | null, references: References, role: "expected" | "wanted"): StoredValue | null {
    if (value === null || !isReference(value)) return value;
    if ("ref" in value) {
      const anchor = references[value.ref];
      if (anchor === undefined) throw new MusterError("MUS-9001", { what: `no anchor is known for ${value.ref}` });
      if (this.directory.records.has(anchor)) return { anchor };
      if (role === "expected") return null;
      throw new MusterError("MUS-5005", { what: "the account that the value refers to is gone" });
    }
    for (const record of this.directory.records.values())
      if (this.directory.addressOf(record).toLowerCase() === value.dn.toLowerCase()) return { anchor: record.anchor };
    throw new MusterError("MUS-5006", { what: "the value refers to an object that does not exist" });
  }
}

type References = Readonly<Record<IdentityKey, Anchor>>;
type StoredOrNone = Readonly<Record<string, StoredValue | null>>;
type MembersRequest = Extract<WriteRequest, { verb: "members" }>;
type OpenMembers = MembersRequest & { readonly add: Anchor[]; readonly remove: Anchor[] };

function withoutNull(values: Readonly<Record<string, StoredValue | null>>): Record<string, StoredValue> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, StoredValue] => entry[1] !== null),
  );
}

function text(value: Value | null | undefined): string {
  if (typeof value !== "string") throw new MusterError("MUS-9001", { what: "an op lacks a value that its verb needs" });
  return value;
}

function textOrNull(value: Value | null | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function listOf(value: Value | null | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

function madeFirst(op: Op): { newContainers?: readonly string[] } {
  return op.newContainers === undefined ? {} : { newContainers: op.newContainers };
}

function isGone(anchor: Anchor): WriteResult {
  return { kind: "refused", anchor, code: "MUS-5005", detail: "the object is gone" };
}

function failure(fault: Fault): WriteResult {
  if (fault.what === "crash") throw new MemoryCrash("the process ends here");
  if (fault.what === "lose-reply")
    return { kind: "unknown", anchor: null, code: "MUS-5007", detail: "the reply was lost" };
  return { kind: "failed", anchor: null, code: "MUS-5006", detail: "the server is unwilling to perform" };
}

function toOutcome(op: Op, result: WriteResult): Outcome {
  const anchor = result.anchor ?? ("anchor" in op.object ? op.object.anchor : null);
  return { op: op.id, kind: result.kind, anchor, code: result.code, detail: result.detail };
}

/** A new, empty directory (only the managed containers exist) behind the port. */
export function memoryTarget(
  options: Partial<MemoryOptions> & Pick<MemoryOptions, "capabilities" | "managed">,
  hooks: WriteHooks = {},
): MemoryTarget {
  const defaults = { name: "memory", membersAsObjects: true, lag: 0, seed: 1, shuffle: 0 };
  return new MemoryTarget(new MemoryDirectory({ ...defaults, ...options }), hooks);
}
