/**
 * Lines of a journal. Each carries its number, the length of its text and a checksum over the checksum before it, the
 * number and the text, so that a changed byte, a lost, a doubled and a moved line are all found. The length tells a line
 * that was torn by a crash (fewer bytes than it announces, at the very end) from one that lost its line end otherwise.
 *
 *     <number> <bytes of the text> <first 16 digits of SHA-256> <JSON>\n
 */
import { sha256 } from "../model/hash.js";
import type { JournalEntry } from "../model/ports.js";
import { restorePlan, type StoredPlan, storePlan } from "../model/stored-op.js";
import { MusterError } from "../support/errors.js";

/** Where a journal stands: what the next line builds on. */
export interface ChainEnd {
  readonly number: number;
  readonly checksum: string;
}

export const CHAIN_START: ChainEnd = { number: 0, checksum: "" };

export interface ReadJournal {
  readonly entries: readonly JournalEntry[];
  readonly end: ChainEnd;
  /** Bytes of the whole lines; what follows is torn. */
  readonly length: number;
}

const LINE = /^(\d+) (\d+) ([0-9a-f]{16}) /;
/** Longest head of a line: two numbers, the checksum, blanks. */
const MAX_HEAD = 64;

export function writeLine(entry: JournalEntry, after: ChainEnd): { line: Buffer; end: ChainEnd } {
  const text = Buffer.from(JSON.stringify(toJson(entry)));
  const number = after.number + 1;
  const checksum = checksumOf(after.checksum, number, text);
  const line = Buffer.concat([Buffer.from(`${number} ${text.length} ${checksum} `), text, Buffer.from("\n")]);
  return { line, end: { number, checksum } };
}

/** All entries. A torn last line is dropped; any other damage throws MUS-4005. */
export function readLines(bytes: Buffer, file: string): ReadJournal {
  const entries: JournalEntry[] = [];
  let end = CHAIN_START;
  let at = 0;
  while (at < bytes.length) {
    const head = LINE.exec(bytes.toString("latin1", at, at + MAX_HEAD));
    const start = at + (head?.[0].length ?? 0);
    const stop = start + Number(head?.[2] ?? 0);
    if (isTorn(bytes, at, head === null ? null : stop)) break;
    const text = bytes.subarray(start, stop);
    const number = end.number + 1;
    const whole = head !== null && bytes[stop] === 0x0a && head[1] === String(number);
    if (!whole || head[3] !== checksumOf(end.checksum, number, text)) throw damaged(file, entries.length + 1);
    entries.push(fromJson(JSON.parse(text.toString("utf8")) as StoredEntry));
    end = { number, checksum: head[3] };
    at = stop + 1;
  }
  return { entries, end, length: at };
}

/**
 * Whether the file ends within the line that begins here: no line end follows, and it is shorter than it announces, or
 * holds zeros, which file systems leave where a crash kept the length of a file and not its data.
 */
function isTorn(bytes: Buffer, at: number, stop: number | null): boolean {
  if (bytes.indexOf(0x0a, at) >= 0) return false;
  const announced = stop ?? at + MAX_HEAD;
  return bytes.length <= announced || (bytes.indexOf(0, at) >= 0 && bytes.indexOf(0, at) < announced);
}

function checksumOf(before: string, number: number, text: Buffer): string {
  return sha256(Buffer.concat([Buffer.from(`${before} ${number} `), text])).slice(0, 16);
}

function damaged(file: string, line: number): MusterError {
  return new MusterError("MUS-4005", { what: `line ${line} of the journal is damaged`, where: { file, line } });
}

type Begin = Extract<JournalEntry, { type: "begin" }>;
type StoredEntry = Exclude<JournalEntry, Begin> | StoredBegin;
type StoredBegin = Omit<Begin, "plan"> & { readonly plan: StoredPlan };

function toJson(entry: JournalEntry): StoredEntry {
  return entry.type === "begin" ? { ...entry, plan: storePlan(entry.plan) } : entry;
}

function fromJson(entry: StoredEntry): JournalEntry {
  return entry.type === "begin" ? { ...entry, plan: restorePlan(entry.plan) } : entry;
}
