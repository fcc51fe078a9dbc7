import type { ImportResult } from "../../../reconciler/hr/import.js";
import type { SourceBase } from "../../../reconciler/hr/trust.js";
import type { Worker } from "../../../reconciler/model/files/index.js";
import { workerFile } from "../../../reconciler/model/worker.js";
import { blobId } from "../../../reconciler/repo/git.js";
import { readDocument } from "../../../reconciler/repo/yaml.js";

export const EMPTY_BASE: SourceBase = { workers: [], record: null, objectFormat: "sha1" };

/** What a repository holds after an import was written: workers are read back from the text of their files. */
export function applyChanges(base: SourceBase, result: ImportResult): SourceBase {
  const files = new Map(base.workers.map((file) => [file.file, file]));
  let record = base.record;
  for (const { path, content } of result.changes) {
    if (content === null) throw new Error(`import deletes ${path}`);
    if (path.startsWith("state/sources/")) record = result.record;
    else {
      const worker = readDocument(content, path, { maxBytes: 1e6 }).value as Worker;
      files.set(path, workerFile(worker, { file: path, blob: blobId(base, Buffer.from(content)) }));
    }
  }
  return { ...base, workers: [...files.values()], record };
}

export function workerOf(base: SourceBase, id: string): Worker | undefined {
  return base.workers.find(({ worker }) => worker.id === id)?.worker;
}
