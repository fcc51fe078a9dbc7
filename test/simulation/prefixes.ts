/**
 * Order: the ops of a plan are executed one by one on a copy of the directory that lets everything through, and after
 * every one of them nobody has a login or a name that somebody else has too, and no leaver has gained access.
 */
import type { Ledger } from "../../reconciler/model/ledger.js";
import { ledgerKey } from "../../reconciler/model/ledger.js";
import type { Anchor } from "../../reconciler/model/observed.js";
import { type Op, ownerKey } from "../../reconciler/model/op.js";
import type { ReadyOp } from "../../reconciler/model/ports.js";
import { isReference } from "../../reconciler/model/value.js";
import { normalizeDn } from "../../reconciler/support/dn.js";
import { MemoryDirectory } from "../../reconciler/targets/memory/directory.js";
import { MemoryTarget } from "../../reconciler/targets/memory/target.js";
import { Broken } from "./checks.js";

/** Gives the number of prefixes that were looked at. */
export async function checkPrefixes(
  directory: MemoryDirectory,
  ops: readonly Op[],
  ledger: Ledger,
  leavers: ReadonlySet<string>,
): Promise<number> {
  const lenient = new MemoryDirectory({ ...directory.options, unique: {} }, directory);
  const target = new MemoryTarget(lenient);
  const created = new Map<string, Anchor>();
  const access = new Access(directory, ledger, leavers);
  for (const [i, op] of ops.entries()) {
    if (op.verb === "bind" && op.slot === "identity" && "anchor" in op.object)
      created.set(ownerKey(op), op.object.anchor);
    if (!op.ledgerOnly) {
      const ready = readyOp(op, ledger, created);
      for await (const outcome of target.apply([ready], { attributes: [], groups: [] })) {
        if (outcome.kind !== "done" && outcome.kind !== "already")
          throw new Broken(`op ${i} (${op.verb} of ${op.label}) alone is ${outcome.kind}: ${outcome.detail}`);
        if (op.verb === "create" && outcome.anchor !== null && "claim" in op.object) {
          created.set(op.object.claim, outcome.anchor);
          created.set(ownerKey(op), outcome.anchor);
        }
        if (outcome.anchor !== null && lenient.records.get(outcome.anchor)?.kind === "account")
          checkUnique(lenient, directory, outcome.anchor, `after op ${i} (${op.verb} of ${op.label})`);
      }
    }
    access.check(lenient, `after op ${i} (${op.verb} of ${op.label})`);
  }
  return ops.length;
}

function readyOp(op: Op, ledger: Ledger, created: ReadonlyMap<string, Anchor>): ReadyOp {
  const references: Record<string, Anchor> = {};
  for (const value of [...Object.values(op.before), ...Object.values(op.after)]) {
    if (value === null || !isReference(value) || !("ref" in value)) continue;
    const known = ledger.entries.get(ledgerKey(op.target, value.ref))?.current?.anchor;
    const anchor = created.get(value.ref) ?? known;
    if (anchor !== undefined) references[value.ref] = anchor;
  }
  const anchor = "anchor" in op.object ? op.object.anchor : (created.get(op.object.claim) ?? null);
  return { op, anchor, references };
}

/** sAMAccountName of anything; userPrincipalName and mail together; the DN, where there is one. Without regard to case. */
function namesOf(directory: MemoryDirectory, anchor: Anchor): Set<string> {
  const record = directory.records.get(anchor);
  const names = new Set<string>();
  if (record === undefined) return names;
  const add = (space: string, value: unknown) => {
    if (typeof value === "string") names.add(`${space} ${value.toLowerCase()}`);
  };
  add("login", record.attributes.sAMAccountName);
  add("address", record.attributes.userPrincipalName);
  add("address", record.attributes.mail);
  if (directory.hasContainers) add("dn", normalizeDn(directory.addressOf(record)));
  return names;
}

function checkUnique(now: MemoryDirectory, start: MemoryDirectory, written: Anchor, when: string): void {
  const names = namesOf(now, written);
  for (const anchor of now.records.keys()) {
    if (anchor === written) continue;
    for (const name of namesOf(now, anchor)) {
      const before = names.has(name) && namesOf(start, anchor).has(name) && namesOf(start, written).has(name);
      if (names.has(name) && !before) throw new Broken(`${when}: ${name} is held twice`);
    }
  }
}

/** No leaver has more access than before: not enabled again, in no further group. */
class Access {
  readonly #start = new Map<Anchor, { readonly enabled: boolean; readonly groups: ReadonlySet<Anchor> }>();

  constructor(directory: MemoryDirectory, ledger: Ledger, leavers: ReadonlySet<string>) {
    for (const entry of ledger.entries.values()) {
      const record = entry.current === null ? undefined : directory.records.get(entry.current.anchor);
      if (record === undefined || !leavers.has(entry.identity)) continue;
      this.#start.set(record.anchor, { enabled: record.enabled, groups: groupsOf(directory, record.anchor) });
    }
  }

  check(now: MemoryDirectory, when: string): void {
    for (const [anchor, start] of this.#start) {
      const record = now.records.get(anchor);
      if (record === undefined) continue;
      if (record.enabled && !start.enabled) throw new Broken(`${when}: a leaver is enabled`);
      for (const group of groupsOf(now, anchor))
        if (!start.groups.has(group)) throw new Broken(`${when}: a leaver is in one more group`);
    }
  }
}

function groupsOf(directory: MemoryDirectory, account: Anchor): Set<Anchor> {
  return new Set([...directory.members].filter(([, { accounts }]) => accounts.has(account)).map(([group]) => group));
}
