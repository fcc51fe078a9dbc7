/** Workers to identities: who belongs together, and which worker supplies the attributes. */
import { compareText, type IdentityKey, PRIMARY_ORDER } from "../model/identity.js";
import { identityOf, type Snapshot, type WorkerFile } from "../model/worker.js";
import type { WorkerStage } from "./lifecycle.js";
import type { WorkerView } from "./worker-view.js";

export interface Member {
  readonly view: WorkerView;
  readonly stage: WorkerStage;
}

/** Identities of a snapshot, sorted by key, each with its workers sorted by key. */
export function groupIdentities(
  snapshot: Snapshot,
  per: "person" | "worker",
  namespaces: Readonly<Record<string, string>>,
): Map<IdentityKey, WorkerFile[]> {
  const groups = new Map<IdentityKey, WorkerFile[]>();
  for (const file of snapshot.workers) {
    const key = identityOf(file, per, namespaces[file.source] ?? file.source);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return new Map([...groups].sort(([a], [b]) => compareText(a, b)));
}

/**
 * The primary worker: among those in scope, by stage (active, leave, prehire, future, vanished, left, rescinded), then
 * the earliest start of the current period, then the key. When nobody is in scope, the same among all.
 */
export function choosePrimary(members: readonly Member[]): Member {
  const inScope = members.filter((member) => member.stage.inScope);
  const pool = inScope.length > 0 ? inScope : members;
  const sorted = [...pool].sort(comparePrimary);
  const first = sorted[0];
  if (first === undefined) throw new RangeError("an identity has at least one worker");
  return first;
}

function comparePrimary(a: Member, b: Member): number {
  const byStage = PRIMARY_ORDER.indexOf(a.stage.stage) - PRIMARY_ORDER.indexOf(b.stage.stage);
  if (byStage !== 0) return byStage;
  if (a.stage.stage === "left") {
    const byEnd = (b.stage.leftAt ?? 0) - (a.stage.leftAt ?? 0);
    if (byEnd !== 0) return byEnd;
  }
  return compareText(a.stage.start, b.stage.start) || compareText(a.view.file.key, b.view.file.key);
}

/** A short name for reports: "Zoë Müller", else the worker's key. */
export function labelOf(view: WorkerView): string {
  const { given, preferred, family } = view.worker.name;
  const name = [preferred ?? given, family]
    .filter((part) => part !== undefined && part !== null && part !== "")
    .join(" ");
  return name === "" ? view.file.key : name;
}
