/** Workers as read from a snapshot. */
import type { SourceRecord, Worker } from "./files/index.js";
import { type IdentityKey, identityKey, identityOfWorker, type WorkerKey, workerKey } from "./identity.js";

/** What tells workers apart and brings those of one person together. */
export interface WorkerIds {
  readonly source: string;
  readonly id: string;
  /** null where the worker has none. */
  readonly personId: string | null;
}

/** A worker file that was read and validated. */
export interface WorkerFile extends WorkerIds {
  readonly key: WorkerKey;
  /** Its content. Of a file that was read by an earlier run it is parsed when somebody asks for it. */
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

export function idsOf({ source, id, personId }: Worker): WorkerIds {
  return { source, id, personId: personId === undefined || personId === "" ? null : personId };
}

export function workerFile(worker: Worker, { file, blob }: Pick<WorkerFile, "file" | "blob">): WorkerFile {
  return { key: keyOfWorker(worker), ...idsOf(worker), worker, file, blob };
}

export function keyOfWorker(worker: Worker): WorkerKey {
  return workerKey(worker.source, worker.id);
}

/** A manager or include entry: an id of the same source, or `source:id`. */
export function resolveWorkerReference(text: string, source: string): WorkerKey {
  return (text.includes(":") ? text : `${source}:${text}`) as WorkerKey;
}

/** Whom an account of this worker belongs to. `namespace` is the source's personNamespace, or the source. */
export function identityOf(
  { source, id, personId }: WorkerIds,
  per: "person" | "worker",
  namespace: string,
): IdentityKey {
  if (per === "worker" || personId === null) return identityOfWorker(workerKey(source, id));
  return identityKey(namespace, personId);
}
