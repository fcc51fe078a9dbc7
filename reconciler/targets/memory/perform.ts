/** What Muster may ask the in-memory directory to write, and how it answers: the rules of a directory, request by request. */
import type { Anchor } from "../../model/observed.js";
import { sameValue, type Value } from "../../model/value.js";
import { sameDn } from "../../support/dn.js";
import { MusterError } from "../../support/errors.js";
import { linkOf, type MemoryDirectory, withAttributes } from "./directory.js";
import type { StoredValue, WriteRequest, WriteResult } from "./records.js";

type Check = "go" | WriteResult;

/**
 * Compares what a request expects with what is there. "go": it may be written; otherwise the outcome it has already:
 * `already` when the object is as wanted, `refused` (MUS-5005) when somebody else changed it.
 */
export function checkRequest(directory: MemoryDirectory, request: WriteRequest): Check {
  if (request.verb === "create") {
    const found = directory.withClaim(request.claim);
    return found === null ? "go" : already(found.anchor);
  }
  if (request.verb === "members")
    return directory.records.get(request.group)?.kind === "group" ? "go" : changed(request.group, "is gone");
  if (request.verb === "restore") return checkRestore(directory, request.anchor);
  if (request.verb === "purge") {
    if (directory.records.has(request.anchor)) return changed(request.anchor, "was brought back");
    return directory.deleted.has(request.anchor) ? "go" : already(request.anchor);
  }
  const record = directory.records.get(request.anchor);
  if (record === undefined)
    return request.verb === "delete" ? already(request.anchor) : changed(request.anchor, "is gone");
  switch (request.verb) {
    case "modify":
      return checkModify(record.attributes, request);
    case "move":
      if (sameDn(record.container, request.after)) return already(request.anchor);
      return sameDn(record.container, request.before) ? "go" : changed(request.anchor, "was moved");
    case "enable":
      return record.enabled ? already(request.anchor) : "go";
    case "disable":
      return record.enabled ? "go" : already(request.anchor);
    case "delete":
      if (record.enabled) return changed(request.anchor, "is enabled");
      return record.hasChildren ? changed(request.anchor, "has objects below it") : "go";
    case "licence":
      return checkLicence(directory, request);
    default:
      return "go";
  }
}

function checkLicence(directory: MemoryDirectory, request: Extract<WriteRequest, { verb: "licence" }>): Check {
  const { accounts, disabledPlans } = directory.membersOf(request.sku);
  const holds = accounts.has(request.anchor);
  if (request.disabledPlans === null) return holds ? "go" : already(request.anchor);
  const plans = [...(disabledPlans?.get(request.anchor) ?? [])];
  return holds && sameValue(plans, request.disabledPlans) ? already(request.anchor) : "go";
}

/** Does what the request says, without looking at what it expects (checkRequest does). Refusals are outcomes, not errors. */
export function performRequest(directory: MemoryDirectory, request: WriteRequest): WriteResult {
  try {
    return done(effect(directory, request));
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return { kind: "failed", anchor: null, code: error.code, detail: error.what };
  }
}

function effect(directory: MemoryDirectory, request: WriteRequest): Anchor {
  refuseSynced(directory, request);
  switch (request.verb) {
    case "create": {
      const missing = directory.options.capabilities.required.find((name) => request.attributes[name] === undefined);
      if (missing !== undefined) throw new MusterError("MUS-5006", { what: `an account needs ${missing}` });
      for (const dn of request.newContainers ?? []) directory.addContainer(dn);
      const record = directory.draft("account", request);
      directory.replace(record);
      return record.anchor;
    }
    case "modify":
      directory.replace(withAttributes(directory.get(request.anchor), request.after));
      return request.anchor;
    case "move":
      for (const dn of request.newContainers ?? []) directory.addContainer(dn);
      directory.moveAccount(request.anchor, request.after);
      return request.anchor;
    case "enable":
      directory.enableAccount(request.anchor);
      return request.anchor;
    case "disable":
      directory.disableAccount(request.anchor);
      return request.anchor;
    case "delete":
      directory.deleteObject(request.anchor);
      return request.anchor;
    case "purge":
      directory.deleted.delete(request.anchor);
      return request.anchor;
    case "restore":
      directory.restoreAccount(request.anchor, request);
      return request.anchor;
    case "members": {
      const { obstacle } = directory.get(request.group);
      if (obstacle !== undefined) throw new MusterError("MUS-5006", { what: `the group is ${obstacle}` });
      directory.changeMembers(request.group, request.add, request.remove);
      return request.group;
    }
    case "licence":
      return assignLicence(directory, request);
    case "task":
      return directory.get(request.anchor).anchor;
  }
}

/** An account that synchronisation brought takes few writes. */
function refuseSynced(directory: MemoryDirectory, request: WriteRequest): void {
  if (!["modify", "enable", "disable", "delete"].includes(request.verb) || !("anchor" in request)) return;
  if (directory.records.get(request.anchor)?.synced !== true) return;
  const { writableWhenSynced = [] } = directory.options.capabilities;
  if (request.verb === "modify" && Object.keys(request.after).every((name) => writableWhenSynced.includes(name)))
    return;
  throw new MusterError("MUS-5006", { what: "the account is mastered on-premises" });
}

function assignLicence(directory: MemoryDirectory, request: Extract<WriteRequest, { verb: "licence" }>): Anchor {
  const { anchor, sku, disabledPlans } = request;
  const record = directory.get(anchor);
  const { accounts, inherited } = directory.membersOf(sku);
  const missing = (directory.options.capabilities.licenceNeeds ?? []).find(
    (name) => record.attributes[name] === undefined,
  );
  if (disabledPlans !== null && missing !== undefined)
    throw new MusterError("MUS-5006", { what: `a licence needs ${missing}` });
  const takesSeat = disabledPlans !== null && !accounts.has(anchor) && inherited?.has(anchor) !== true;
  if (takesSeat && directory.seatsUsed(sku) >= (directory.get(sku).product?.seats ?? 0))
    throw new MusterError("MUS-5006", { what: "no seat is free" });
  directory.setLicence(sku, anchor, disabledPlans);
  return anchor;
}

function checkRestore(directory: MemoryDirectory, anchor: Anchor): Check {
  if (directory.records.has(anchor)) return already(anchor);
  return directory.deleted.has(anchor) ? "go" : changed(anchor, "is not among the deleted objects");
}

/** All as wanted: already. Each as expected or as wanted: go. Otherwise the first that is neither is named. */
function checkModify(
  current: Readonly<Record<string, StoredValue>>,
  request: Extract<WriteRequest, { verb: "modify" }>,
): Check {
  const names = Object.keys(request.after);
  if (names.every((name) => sameStored(current[name] ?? null, request.after[name] ?? null)))
    return already(request.anchor);
  for (const name of names) {
    const now = current[name] ?? null;
    if (sameStored(now, request.after[name] ?? null)) continue;
    if (!sameStored(now, request.before[name] ?? null)) return changed(request.anchor, `has another ${name}`);
  }
  return "go";
}

export function sameStored(a: StoredValue | null, b: StoredValue | null): boolean {
  const left = linkOf(a);
  const right = linkOf(b);
  if (left !== null || right !== null) return left === right;
  return sameValue(a as Value | null, b as Value | null);
}

function done(anchor: Anchor): WriteResult {
  return { kind: "done", anchor, code: null, detail: null };
}

function already(anchor: Anchor): WriteResult {
  return { kind: "already", anchor, code: null, detail: null };
}

function changed(anchor: Anchor, what: string): WriteResult {
  return { kind: "refused", anchor, code: "MUS-5005", detail: `the object ${what}` };
}
