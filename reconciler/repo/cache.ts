/**
 * A cache on disk, outside git: values by key, one file per kind. A file of another version, a damaged or a foreign one
 * is as good as none; losing it costs time, never a wrong plan, as long as the key names all that the value depends on
 * (a blob id, a digest of inputs). Values are JSON. What was neither read nor set since the cache was opened is dropped
 * when it is saved, so that it does not grow for ever.
 *
 * The file: one line of JSON { magic, kind, version, crc32 of the rest }, then one line per entry, key TAB value. A value
 * is parsed when it is asked for, and entries that were only read are copied as bytes.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { sha256 } from "../model/hash.js";

const MAGIC = "muster-cache-1";

interface Header {
  readonly magic: string;
  readonly kind: string;
  readonly version: string;
  readonly crc32: number;
}

/** The entries of a file: its bytes, and where in them the value of each key lies. */
interface Stored {
  readonly body: Buffer;
  readonly spans: ReadonlyMap<string, Span>;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const NOTHING: Stored = { body: Buffer.alloc(0), spans: new Map() };

export class Cache {
  private readonly added = new Map<string, string>();
  private readonly used = new Set<string>();

  private constructor(
    private readonly file: string | null,
    private readonly kind: string,
    private readonly version: string,
    private readonly stored: Stored,
  ) {}

  /** Opens the cache of one kind in a folder; with null as the folder it lives in memory only. Never throws. */
  static open(folder: string | null, kind: string, version: string): Cache {
    if (folder === null) return new Cache(null, kind, version, NOTHING);
    const file = join(folder, `${kind.replace(/[^A-Za-z0-9_-]/g, "-")}-${sha256(kind).slice(0, 8)}.cache`);
    return new Cache(file, kind, version, load(file, kind, version));
  }

  /** The value of a key, a fresh copy each time; undefined when it is not known. */
  get<T>(key: string): T | undefined {
    const added = this.added.get(key);
    if (added !== undefined) return JSON.parse(added) as T;
    const span = this.stored.spans.get(key);
    if (span === undefined) return undefined;
    this.used.add(key);
    return JSON.parse(this.stored.body.toString("utf8", span.start, span.end)) as T;
  }

  /** Keeps a JSON value. Keys hold no tab and no line break. */
  set(key: string, value: unknown): void {
    this.added.set(key, JSON.stringify(value));
  }

  /**
   * Writes what was used or set, whole or not at all. Does nothing when the file says so already. A cache that cannot be
   * written (a read-only disk) is no error: the answer is false.
   */
  save(): boolean {
    if (this.file === null || (this.added.size === 0 && this.used.size === this.stored.spans.size)) return true;
    const parts: Buffer[] = [];
    for (const key of this.used) {
      const span = this.stored.spans.get(key);
      if (span === undefined || this.added.has(key)) continue;
      parts.push(Buffer.from(`${key}\t`), this.stored.body.subarray(span.start, span.end), NEWLINE);
    }
    for (const [key, value] of this.added) parts.push(Buffer.from(`${key}\t${value}\n`));
    try {
      replace(this.file, this.kind, this.version, Buffer.concat(parts));
      return true;
    } catch {
      return false;
    }
  }
}

const NEWLINE = Buffer.from("\n");

function load(file: string, kind: string, version: string): Stored {
  const bytes = readWhole(file);
  const end = bytes.indexOf(0x0a);
  if (end < 0) return NOTHING;
  const header = parseHeader(bytes.toString("utf8", 0, end));
  const body = bytes.subarray(end + 1);
  if (header.magic !== MAGIC || header.kind !== kind || header.version !== version) return NOTHING;
  if (header.crc32 !== crc32(body)) return NOTHING;
  const spans = new Map<string, Span>();
  for (let at = 0; at < body.length; ) {
    const tab = body.indexOf(0x09, at);
    const stop = body.indexOf(0x0a, tab);
    spans.set(body.toString("utf8", at, tab), { start: tab + 1, end: stop });
    at = stop + 1;
  }
  return { body, spans };
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
