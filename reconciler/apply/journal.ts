/**
 * The journal on disk: one file of lines per run, in the git directory. What a crash may do to it, of the machine too,
 * decides how it is written. An entry counts when `append` returned, and it returns after fsync; appends that arrive
 * while the disk is busy share the next fsync, so that a thousand outcomes do not cost a thousand of them. A new file is
 * there after a crash only when its folder was synced too. A line that was being written when the machine stopped is
 * torn: it is dropped, since nobody was told that it counts. Anything else that does not fit is damage, and is told.
 *
 * After "recorded" a small file <run>.done says so and names the plan: old journals need not be read to find the
 * unfinished ones or to refuse a used plan. The newest KEPT_JOURNALS of them are kept for somebody who looks into a run; of
 * older ones only the small file stays, since all that they say is in the record, and they hold personal data.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { encodeFileName } from "../model/hash.js";
import { compareText } from "../model/identity.js";
import type { Journal, JournalEntry, JournalStore } from "../model/ports.js";
import { MusterError } from "../support/errors.js";
import { CHAIN_START, type ChainEnd, type ReadJournal, readLines, writeLine } from "./journal-line.js";

/** Recorded journals that stay. */
const KEPT_JOURNALS = 20;

/** The journals of one environment, below a folder such as <git directory>/muster/journal. */
export function openJournals(folder: string, environment: string): JournalStore {
  const place = join(folder, encodeFileName(environment));
  return {
    create: (run) => createJournal(place, run),
    reopen: (run) => reopenJournal(place, run),
    unfinished: () => findUnfinished(place),
    used: (plan) => wasUsed(place, plan),
  };
}

async function createJournal(place: string, run: string): Promise<Journal> {
  await mkdir(place, { recursive: true });
  const handle = await open(fileOf(place, run), "ax", 0o600);
  await handle.sync();
  await syncFolder(place);
  await syncFolder(join(place, ".."));
  return new FileJournal(place, run, handle, CHAIN_START, null);
}

async function reopenJournal(place: string, run: string): Promise<Journal> {
  const file = fileOf(place, run);
  const read = readLines(await readFile(file), file);
  const handle = await open(file, "r+");
  await handle.truncate(read.length);
  await handle.sync();
  await handle.close();
  return new FileJournal(place, run, await open(file, "a"), read.end, planOf(read));
}

interface Waiting {
  readonly entry: JournalEntry;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

class FileJournal implements Journal {
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #broken: unknown = null;

  constructor(
    private readonly place: string,
    private readonly run: string,
    private readonly handle: FileHandle,
    private end: ChainEnd,
    private plan: string | null,
  ) {}

  append(entry: JournalEntry): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ entry, done, failed });
      this.#flushing ??= this.#flush();
    });
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.handle.close();
  }

  /** Writes all that waits, and what has come meanwhile, until nothing waits. */
  async #flush(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#broken !== null) throw this.#broken;
        await this.#write(group.map(({ entry }) => entry));
        for (const { done } of group) done();
      } catch (error) {
        // After a failed write or fsync nobody knows what the disk holds: nothing more may count on this journal.
        this.#broken = error;
        for (const { failed } of group) failed(error);
      }
    }
    this.#flushing = null;
  }

  async #write(entries: readonly JournalEntry[]): Promise<void> {
    const lines: Buffer[] = [];
    let end = this.end;
    for (const entry of entries) {
      const written = writeLine(entry, end);
      lines.push(written.line);
      end = written.end;
      if (entry.type === "begin") this.plan = entry.plan.envelope.id;
    }
    await this.handle.appendFile(Buffer.concat(lines));
    await this.handle.sync();
    this.end = end;
    if (!entries.some((entry) => entry.type === "recorded")) return;
    await markDone(this.place, this.run, this.plan);
    await dropOldJournals(this.place);
  }
}

async function findUnfinished(place: string): ReturnType<JournalStore["unfinished"]> {
  const unfinished: { readonly run: string; readonly entries: readonly JournalEntry[] }[] = [];
  for (const { run, read } of await openRuns(place)) {
    if (read.entries.length === 0) continue;
    if (read.entries.some((entry) => entry.type === "recorded")) await markDone(place, run, planOf(read));
    else unfinished.push({ run, entries: read.entries });
  }
  return unfinished.sort((a, b) => compareText(begunAt(a.entries), begunAt(b.entries)) || compareText(a.run, b.run));
}

async function wasUsed(place: string, plan: string): Promise<boolean> {
  for (const name of await namesIn(place)) {
    if (name.endsWith(".done") && (await readFile(join(place, name), "utf8")).trim() === plan) return true;
  }
  const runs = await openRuns(place);
  return runs.some(({ read }) => planOf(read) === plan && read.entries.some((entry) => entry.type === "end"));
}

/** Journals without a .done file. */
async function openRuns(place: string): Promise<{ readonly run: string; readonly read: ReadJournal }[]> {
  const names = new Set(await namesIn(place));
  const runs: { run: string; read: ReadJournal }[] = [];
  for (const name of names) {
    const base = name.slice(0, -".jsonl".length);
    if (!name.endsWith(".jsonl") || names.has(`${base}.done`)) continue;
    const file = join(place, name);
    runs.push({ run: decodeURIComponent(base), read: readLines(await readFile(file), file) });
  }
  return runs;
}

function planOf(read: ReadJournal): string | null {
  const begin = read.entries.find((entry) => entry.type === "begin");
  return begin?.plan.envelope.id ?? null;
}

function begunAt(entries: readonly JournalEntry[]): string {
  return entries[0]?.at ?? "";
}

async function markDone(place: string, run: string, plan: string | null): Promise<void> {
  const handle = await open(join(place, `${encodeFileName(run)}.done`), "w", 0o600);
  try {
    await handle.writeFile(`${plan ?? ""}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(place);
}

/** Run ids begin with their instant, so that names sort by age. One that cannot be removed is tried again by the next run. */
async function dropOldJournals(place: string): Promise<void> {
  const names = new Set(await namesIn(place));
  const recorded = [...names].filter((name) => {
    return name.endsWith(".jsonl") && names.has(`${name.slice(0, -".jsonl".length)}.done`);
  });
  const old = recorded.sort(compareText).slice(0, -KEPT_JOURNALS);
  await Promise.all(old.map((name) => rm(join(place, name), { force: true }).catch(() => {})));
}

/** Makes the names in a folder durable. Windows can neither open nor sync a folder, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function fileOf(place: string, run: string): string {
  if (run === "") throw new MusterError("MUS-9001", { what: "a run needs an id" });
  return join(place, `${encodeFileName(run)}.jsonl`);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort(compareText);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
