/** From a folder to a directory: replay of the log, or the first content, then a compacted log. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { normalizeDn, parseDn } from "../../support/dn.js";
import { MusterError } from "../../support/errors.js";
import { DEFAULT_SEED, type SeedPerson } from "../seed.js";
import { readLog, rewriteLog, WriteLog } from "../shared/write-log.js";
import { type Counters, Directory, type Naming } from "./directory.js";
import { newGuid } from "./identifiers.js";
import { populate } from "./populate.js";
import { decodeDelta, encodeDelta, Store } from "./store.js";

export interface LoadOptions {
  readonly folder: string;
  readonly baseDn: string;
  readonly seed: readonly SeedPerson[] | "default" | "empty";
  readonly now: () => Date;
  readonly sync: boolean;
  /** Of a directory that is made anew. */
  readonly recycleBin: boolean;
}

interface Meta {
  readonly version: 1;
  readonly baseDn: string;
  readonly domainSid: string;
  readonly invocationId: string;
  readonly counters: Counters;
}

type EncodedDelta = Parameters<typeof decodeDelta>[0];

interface Line {
  readonly u: number;
  readonly i: number;
  readonly r: number;
  readonly d: readonly EncodedDelta[];
}

/** First relative identifier of accounts that are not built in. */
const FIRST_RID = 1103;

/** Opens the folder's directory. Throws MUS-8001 when its data cannot be read or belongs to another base DN. */
export async function loadDirectory(options: LoadOptions): Promise<{ directory: Directory; log: WriteLog }> {
  const path = join(options.folder, "directory.log");
  const lines = await readLog(path);
  const loaded = lines.length === 0 ? create(options) : replay(path, lines, options.baseDn);
  await rewriteLog(path, snapshot(loaded));
  const log = await WriteLog.open(path, { sync: options.sync });
  const naming = namingOf(loaded.meta);
  return { directory: new Directory(loaded.store, naming, loaded.counters, { log, now: options.now }), log };
}

interface Loaded {
  readonly meta: Meta;
  readonly store: Store;
  readonly counters: Counters;
}

function create(options: LoadOptions): Loaded {
  const random = randomBytes(12);
  const sid = ["S-1-5-21", random.readUInt32LE(0), random.readUInt32LE(4), random.readUInt32LE(8)].join("-");
  const counters: Counters = { usn: 4096, id: 1, rid: FIRST_RID };
  const meta: Meta = {
    version: 1,
    baseDn: options.baseDn,
    domainSid: sid,
    invocationId: newGuid().toString("base64"),
    counters,
  };
  const store = new Store();
  const log = { append: () => Promise.resolve() };
  const people = options.seed === "default" ? DEFAULT_SEED : options.seed === "empty" ? [] : options.seed;
  populate(new Directory(store, namingOf(meta), counters, { log, now: options.now }), people, options);
  return { meta, store, counters };
}

function replay(path: string, lines: readonly string[], baseDn: string): Loaded {
  const [first = "", ...rest] = lines;
  const meta = (JSON.parse(first) as { meta?: Meta }).meta;
  const unreadable = (what: string): MusterError => new MusterError("MUS-8001", { what, where: { file: path } });
  if (meta?.version !== 1) throw unreadable("the log of the sandbox does not begin with its description");
  if (normalizeDn(meta.baseDn) !== normalizeDn(baseDn))
    throw unreadable(`the folder holds a sandbox of ${meta.baseDn}`);
  const store = new Store();
  const counters = { ...meta.counters };
  for (const text of rest) {
    const line = JSON.parse(text) as Line;
    for (const encoded of line.d) {
      const delta = decodeDelta(encoded);
      if (delta === undefined) throw unreadable("the log of the sandbox holds an object class that is not known");
      store.apply(delta);
    }
    Object.assign(counters, { usn: line.u, id: line.i, rid: line.r });
  }
  return { meta, store, counters };
}

function* snapshot({ meta, store, counters }: Loaded): Generator<string> {
  yield JSON.stringify({ meta: { ...meta, counters } });
  const { usn, id, rid } = counters;
  for (const delta of store.snapshot()) yield JSON.stringify({ u: usn, i: id, r: rid, d: [encodeDelta(delta)] });
}

function namingOf(meta: Meta): Naming {
  const labels = parseDn(meta.baseDn).map((part) => part.value.toLowerCase());
  const dnsDomain = labels.join(".");
  const configurationDn = `CN=Configuration,${meta.baseDn}`;
  const server = "CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites";
  return {
    baseDn: meta.baseDn,
    configurationDn,
    schemaDn: `CN=Schema,${configurationDn}`,
    dsServiceDn: `CN=NTDS Settings,${server},${configurationDn}`,
    dnsDomain,
    dnsHostName: `dc1.${dnsDomain}`,
    netbios: (labels[0] ?? "").toUpperCase().slice(0, 15),
    domainSid: meta.domainSid,
    invocationId: Buffer.from(meta.invocationId, "base64"),
  };
}
