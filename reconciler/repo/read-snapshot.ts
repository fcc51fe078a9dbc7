/** Workers: each at the path its key gives it, together exactly what the last import of their source wrote. */
import type { SourceRecord, Worker } from "../model/files/index.js";
import { sha256 } from "../model/hash.js";
import { compareText, type WorkerKey, workerKey } from "../model/identity.js";
import { SOURCES, sourceRecordPath, WORKERS, workerPath } from "../model/paths.js";
import { idsOf, keyOfWorker, type Snapshot, type WorkerFile, type WorkerIds } from "../model/worker.js";
import { MusterError } from "../support/errors.js";
import { MAX_RECORD_BYTES, MAX_WORKER_BYTES } from "../support/limits.js";
import type { Cache } from "./cache.js";
import type { Files, RepoFile } from "./files.js";
import { throwFound } from "./one-pass.js";
import { misplacedError, type ParsedFile, type ParseOptions, parseFiles } from "./parse-files.js";

/** Reads all workers and source records. Throws all errors of all files. */
export async function parseSnapshot(files: Files, cache: Cache): Promise<Snapshot> {
  const errors: MusterError[] = [];
  const records = await readRecords(files, cache, errors);
  const workerFiles = below(files.list, `${WORKERS}/`);
  const how: ParseOptions<Worker, WorkerIds> = {
    kind: "Worker",
    maxBytes: MAX_WORKER_BYTES,
    cache,
    pathOf: (worker) => workerPath(worker.source, worker.id),
    outlineOf: idsOf,
  };
  const { placed, misplaced } = await parseFiles(files, workerFiles, how, errors);
  const workers = placed.map((parsed) => new StoredWorker(parsed));
  errors.push(...misplacedErrors(workers, misplaced, how));
  checkDigests(workerFiles, records, errors);
  throwFound(errors);
  workers.sort((a, b) => compareText(a.key, b.key));
  return { workers, sources: records };
}

/** A worker file whose content is parsed when it is asked for: a plan needs most of them for their ids alone. */
class StoredWorker implements WorkerFile {
  readonly key: WorkerKey;
  readonly source: string;
  readonly id: string;
  readonly personId: string | null;
  readonly file: string;
  readonly blob: string;
  readonly #parsed: ParsedFile<Worker, WorkerIds>;

  constructor(parsed: ParsedFile<Worker, WorkerIds>) {
    const { source, id, personId } = parsed.outline;
    this.key = workerKey(source, id);
    this.source = source;
    this.id = id;
    this.personId = personId;
    this.file = parsed.file.path;
    this.blob = parsed.file.blob;
    this.#parsed = parsed;
  }

  get worker(): Worker {
    return this.#parsed.value;
  }
}

/**
 * Digest of a source's worker files: SHA-256 over the lines "<path> <git blob id>\n", sorted. Import writes it into the
 * source record; whoever edits a worker by hand, or merges half an import, breaks it.
 */
export function treeDigest(files: readonly { readonly path: string; readonly blob: string }[]): string {
  const lines = files.map(({ path, blob }) => `${path} ${blob}\n`);
  return sha256(lines.sort(compareText).join(""));
}

function below(list: readonly RepoFile[], folder: string): RepoFile[] {
  return list.filter((file) => file.path.startsWith(folder) && !isNote(file.path));
}

/** Files that people and git put anywhere. */
function isNote(path: string): boolean {
  return /(?:^|\/)(?:\.gitkeep|README\.md)$/.test(path);
}

async function readRecords(files: Files, cache: Cache, errors: MusterError[]): Promise<Record<string, SourceRecord>> {
  const how: ParseOptions<SourceRecord, string> = {
    kind: "SourceRecord",
    maxBytes: MAX_RECORD_BYTES,
    cache,
    pathOf: (record) => sourceRecordPath(record.source),
    outlineOf: (record) => record.source,
  };
  const { placed, misplaced } = await parseFiles(files, below(files.list, `${SOURCES}/`), how, errors);
  for (const { file, value } of misplaced) errors.push(misplacedError(file.path, how.pathOf(value)));
  return Object.fromEntries(placed.map(({ value }) => [value.source, value]));
}

/** A worker that lies elsewhere: a second file of the same worker, or one that was moved. */
function misplacedErrors(
  workers: readonly WorkerFile[],
  misplaced: readonly ParsedFile<Worker, WorkerIds>[],
  how: ParseOptions<Worker, WorkerIds>,
): MusterError[] {
  if (misplaced.length === 0) return [];
  const known = new Map<WorkerKey, string>(workers.map(({ key, file }) => [key, file]));
  return misplaced.map(({ file, value }) => {
    const key = keyOfWorker(value);
    const other = known.get(key);
    if (other === undefined) known.set(key, file.path);
    else return new MusterError("MUS-1011", { what: `this worker is also in ${other}`, where: { file: file.path } });
    return misplacedError(file.path, how.pathOf(value));
  });
}

function checkDigests(
  workers: readonly RepoFile[],
  records: Readonly<Record<string, SourceRecord>>,
  errors: MusterError[],
): void {
  const bySource = new Map<string, RepoFile[]>(
    Object.keys(records).map((source) => [workerPath(source, "").split("/")[2] ?? "", []]),
  );
  for (const file of workers) {
    const folder = file.path.split("/")[2] ?? "";
    const list = bySource.get(folder);
    if (list === undefined) bySource.set(folder, [file]);
    else list.push(file);
  }
  for (const [folder, files] of bySource) {
    const record = Object.values(records).find((each) => workerPath(each.source, "").split("/")[2] === folder);
    const where = { file: `${WORKERS}/${folder}` };
    if (record === undefined)
      errors.push(new MusterError("MUS-1010", { what: "these workers have no record of an import", where }));
    else if (record.workers !== files.length || record.digest !== treeDigest(files))
      errors.push(
        new MusterError("MUS-1010", {
          what: `the ${files.length} worker files are not those that the import of ${record.exportedAt} wrote (${record.workers})`,
          where,
        }),
      );
  }
}
