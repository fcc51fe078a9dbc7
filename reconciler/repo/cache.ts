/**
 * A cache on disk, outside git: values by key, one file per kind. A file of another version, a damaged or a foreign one
 * is as good as none; losing it costs time, never a wrong plan, as long as the key names all that the value depends on
 * (a blob id, a digest of inputs). Values are JSON. What was neither read nor set since the cache was opened is dropped
 * when it is saved, so that it does not grow for ever.
 *
 * The file: one line of JSON { magic, kind, version, crc32 of the rest }, then one line per entry, key TAB value. All of
 * it is ASCII, other characters are escaped as JSON does it: so its bytes are its text, and nothing is decoded when it is
 * read. A value is parsed when it is asked for, and entries that were only read are written again as they are. A value can
 * have an outline, a short value of its own that stands before it, after another TAB: for values of which all but a few
 * readers need no more than that.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { sha256 } from "../model/hash.js";

const MAGIC = "muster-cache-4";

interface Header {
  readonly magic: string;
  readonly kind: string;
  readonly version: string;
  readonly crc32: number;
}

/** A value's outline, and the value itself as JSON. */
export interface Outlined<O> {
  readonly outline: O;
  readonly json: string;
}

/** An entry of the file, its value as JSON: marked, since a second table of the keys in use costs as much as the first. */
interface Entry {
  readonly text: string;
  used: boolean;
}

type Stored = ReadonlyMap<string, Entry>;

const NOTHING: Stored = new Map();

export class Cache {
  private readonly added = new Map<string, string>();
  private used = 0;

  private constructor(
    private readonly file: string | null,
    private readonly kind: string,
    private readonly version: string,
    private readonly stored: Stored,
  ) {}

  /** Opens the cache of one kind in a folder; with null as the folder it lives in memory only. Never throws. */
  static open(folder: string | null, kind: string, version: string): Cache {
    if (folder === null) return new Cache(null, kind, version, NOTHING);
    const file = cacheFile(folder, kind);
    return new Cache(file, kind, version, load(file, kind, version));
  }

  /** The value of a key, a fresh copy each time; undefined when it is not known. */
  get<T>(key: string): T | undefined {
    const text = this.textOf(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  /** The outline of a value that was kept with one, and the value itself for when it is needed. */
  outlined<O>(key: string): Outlined<O> | undefined {
    const text = this.textOf(key);
    if (text === undefined) return undefined;
    const tab = text.indexOf("\t");
    return { outline: JSON.parse(text.slice(0, tab)) as O, json: text.slice(tab + 1) };
  }

  private textOf(key: string): string | undefined {
    const added = this.added.get(key);
    if (added !== undefined) return added;
    const entry = this.stored.get(key);
    if (entry === undefined) return undefined;
    if (!entry.used) this.used++;
    entry.used = true;
    return entry.text;
  }

  /** Keeps a JSON value. Keys hold no tab and no line break. */
  set(key: string, value: unknown): void {
    this.added.set(key, JSON.stringify(value));
  }

  /** Keeps a JSON value with its outline, another one: it is asked for by `outline` only. */
  setOutlined(key: string, outline: unknown, value: unknown): void {
    this.added.set(key, `${JSON.stringify(outline)}\t${JSON.stringify(value)}`);
  }

  /**
   * Writes what was used or set, whole or not at all. Does nothing when the file says so already. A cache that cannot be
   * written (a read-only disk) is no error: the answer is false.
   */
  save(): boolean {
    if (this.file === null || (this.added.size === 0 && this.used === this.stored.size)) return true;
    try {
      replace(this.file, this.kind, this.version, Buffer.concat([...this.blocks()]));
      return true;
    } catch {
      return false;
    }
  }

  /** What the file will hold, in pieces that are not too long for one string. */
  private *blocks(): Generator<Buffer> {
    let lines = "";
    for (const [key, value] of this.entries()) {
      lines += `${inAscii(JSON.stringify(key)).slice(1, -1)}\t${value}\n`;
      if (lines.length < BLOCK) continue;
      yield Buffer.from(lines, "latin1");
      lines = "";
    }
    yield Buffer.from(lines, "latin1");
  }

  private *entries(): Generator<readonly [string, string]> {
    for (const [key, { text, used }] of this.stored) if (used && !this.added.has(key)) yield [key, text];
    for (const [key, value] of this.added) yield [key, inAscii(value)];
  }
}

/** The file that the cache of one kind is kept in. */
export function cacheFile(folder: string, kind: string): string {
  return join(folder, `${kind.replace(/[^A-Za-z0-9_-]/g, "-")}-${sha256(kind).slice(0, 8)}.cache`);
}

/** Bytes that are read or written at once. */
const BLOCK = 1 << 22;

/** JSON with every other character as \uXXXX. */
function inAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function load(file: string, kind: string, version: string): Stored {
  const bytes = readWhole(file);
  const end = bytes.indexOf(0x0a);
  if (end < 0) return NOTHING;
  const header = parseHeader(bytes.toString("utf8", 0, end));
  const body = bytes.subarray(end + 1);
  if (header.magic !== MAGIC || header.kind !== kind || header.version !== version) return NOTHING;
  if (header.crc32 !== crc32(body) || body.at(-1) !== 0x0a) return NOTHING;
  const entries = new Map<string, Entry>();
  for (let from = 0; from < body.length; ) {
    const to = body.indexOf(0x0a, Math.min(from + BLOCK, body.length - 1)) + 1;
    readEntries(body.toString("latin1", from, to), entries);
    from = to;
  }
  return entries;
}

function readEntries(text: string, entries: Map<string, Entry>): void {
  for (let at = 0; at < text.length; ) {
    const tab = text.indexOf("\t", at);
    const stop = text.indexOf("\n", tab);
    const key = text.slice(at, tab);
    const entry = { text: text.slice(tab + 1, stop), used: false };
    entries.set(key.includes("\\") ? (JSON.parse(`"${key}"`) as string) : key, entry);
    at = stop + 1;
  }
}

function readWhole(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

function parseHeader(line: string): Partial<Header> {
  try {
    return JSON.parse(line) as Partial<Header>;
  } catch {
    return {};
  }
}

function replace(file: string, kind: string, version: string, body: Buffer): void {
  const header: Header = { magic: MAGIC, kind, version, crc32: crc32(body) };
  mkdirSync(join(file, ".."), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = openSync(temporary, "w", 0o600);
  try {
    writeSync(handle, `${JSON.stringify(header)}\n`);
    for (let at = 0; at < body.length; ) at += writeSync(handle, body, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
