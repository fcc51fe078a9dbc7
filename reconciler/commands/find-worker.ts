/** From what a person types (an id, `source:id`, a login) to a worker. */
import type { Snapshot, WorkerFile } from "../model/worker.js";
import { MusterError } from "../support/errors.js";

/** Throws MUS-7002 when nobody, or more than one, is meant. */
export function findWorker(snapshot: Snapshot, text: string): WorkerFile {
  const exact = snapshot.workers.filter((file) => file.key === text || file.id === text);
  const [first, second] = exact;
  if (first === undefined) {
    throw new MusterError("MUS-7002", { what: `no worker is called ${text}`, next: "Give the id, or source:id." });
  }
  if (second !== undefined) {
    const keys = exact.map((file) => file.key).join(", ");
    throw new MusterError("MUS-7002", { what: `several workers are called ${text}`, next: `Give one of: ${keys}.` });
  }
  return first;
}
