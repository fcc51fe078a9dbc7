/** Workers as read from a snapshot. */
import type { SourceRecord, Worker } from "./files/index.js";
import { type IdentityKey, identityKey, identityOfWorker, type WorkerKey, workerKey } from "./identity.js";

/** A worker file that was read and validated. */
export interface WorkerFile {
  readonly key: WorkerKey;
  readonly worker: Worker;
  /** Path in the repository. */
  readonly file: string;
  /** Git blob id (or content digest, in a work tree). */
  readonly blob: string;
}

/** All workers at one commit, sorted by key, with the record of each source's last import. */
export interface Snapshot {
  readonly workers: readonly WorkerFile[];
  readonly sources: Readonly<Record<string, SourceRecord>>;
}

export function keyOfWorker(worker: Worker): WorkerKey {
  return workerKey(worker.source, worker.id);
}

/** A manager or include entry: an id of the same source, or `source:id`. */
export function resolveWorkerReference(text: string, source: string): WorkerKey {
  return (text.includes(":") ? text : `${source}:${text}`) as WorkerKey;
}

/** Whom an account of this worker belongs to. `namespace` is the source's personNamespace, or the source. */
export function identityOf(worker: Worker, per: "person" | "worker", namespace: string): IdentityKey {
  const person = worker.personId;
  if (per === "worker" || person === undefined || person === null || person === "")
    return identityOfWorker(keyOfWorker(worker));
  return identityKey(namespace, person);
}
