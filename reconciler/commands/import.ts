/** muster import: an export becomes worker files. Nothing is written unless everything about the export is good. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type ImportResult, importExport } from "../hr/import.js";
import type { FileChange } from "../model/file-change.js";
import type { Source } from "../model/files/index.js";
import type { PolicyDocument } from "../model/policy.js";
import { formatInstant } from "../policy/time.js";
import { commitChanges } from "../repo/commit.js";
import { askGit } from "../repo/git.js";
import { openRepository, type Repository } from "../repo/state.js";
import { renderImport } from "../report/import.js";
import { stableJson } from "../report/json.js";
import { MusterError } from "../support/errors.js";
import { MAX_EXPORT_BYTES } from "../support/limits.js";
import type { Context, ExitCode } from "./context.js";

export interface ImportOptions {
  readonly source: string;
  readonly file: string | null;
  readonly exportedAt: string | null;
  readonly commit: boolean;
  readonly format: "text" | "json";
}

export async function runImport(context: Context, options: ImportOptions): Promise<ExitCode> {
  const repository = await openRepository(context.folder, context.cache === undefined ? {} : { cache: context.cache });
  const { policies } = await repository.readPolicies({ worktree: true });
  const source = policies.sources.find((document) => document.value.name === options.source);
  if (source === undefined)
    throw unknownSource(
      options.source,
      policies.sources.map((s) => s.value.name),
    );
  if (context.clockGiven && policies.targets.some((target) => target.value.sandbox !== true)) {
    throw new MusterError("MUS-4007", { what: "--clock is only for sandboxes, and not every Target is one" });
  }
  const path = exportPath(repository, source, options.file);
  const snapshot = await repository.readSnapshot({ worktree: true });
  const result = importExport({
    source,
    bytes: readExport(path),
    fileName: basename(path),
    exportedAt: options.exportedAt,
    now: context.clock.now(),
    base: {
      workers: snapshot.workers,
      record: snapshot.sources[source.value.name] ?? null,
      objectFormat: repository.git.objectFormat,
    },
  });
  writeFiles(repository.git.root, result.changes);
  const commit = options.commit
    ? await commitImport(repository, source.value.name, result, formatInstant(context.clock.now()))
    : null;
  if (options.format === "json")
    context.print(stableJson({ source: source.value.name, commit, ...withoutChanges(result) }));
  else context.print(renderImport({ source: source.value.name, result, commit }, context.page));
  return 0;
}

function withoutChanges({ record, summary, findings, changes }: ImportResult): object {
  return { record, summary, findings, files: changes.map((change) => change.path) };
}

function exportPath(repository: Repository, source: PolicyDocument<Source>, file: string | null): string {
  if (file !== null) return resolve(file);
  const path = source.value.file?.path;
  if (path !== undefined) return join(repository.git.root, path);
  throw new MusterError("MUS-7001", {
    what: `source ${source.value.name} names no file`,
    next: "Give the file on the command line, or file.path in the Source.",
  });
}

function readExport(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > MAX_EXPORT_BYTES) throw new RangeError(`${size} bytes`);
    return readFileSync(path);
  } catch (cause) {
    const what =
      cause instanceof RangeError ? `the export is too large: ${cause.message}` : "the export cannot be read";
    throw new MusterError("MUS-2001", { what, where: { file: path }, cause });
  }
}

function writeFiles(root: string, changes: readonly FileChange[]): void {
  for (const { path, content } of changes) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (content !== null) writeFileSync(file, content);
  }
}

/** The commit names the source, the export's instant and counts: no person. */
async function commitImport(
  repository: Repository,
  name: string,
  result: ImportResult,
  at: string,
): Promise<string | null> {
  const { record, summary } = result;
  const branch = (await askGit(repository.git, ["symbolic-ref", "--short", "HEAD"])) ?? "main";
  const counts = [`${summary.added} added`, `${summary.changed} changed`, `${summary.absent} absent`];
  return commitChanges(repository.git, {
    branch,
    changes: result.changes,
    at,
    subject: `import ${name}: ${counts.join(", ")}`,
    body: `Exported at ${record.exportedAt}, ${record.rows} rows.`,
    trailers: { "Muster-Source": name, "Muster-Exported-At": record.exportedAt },
  });
}

function unknownSource(name: string, known: readonly string[]): MusterError {
  const next = known.length === 0 ? "Add a Source to policies/." : `Name one of: ${known.join(", ")}.`;
  return new MusterError("MUS-2016", { what: `there is no Source called ${name}`, next });
}
