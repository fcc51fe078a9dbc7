/** From a folder to a store: replay of the log, or the seed, then a compacted log. */
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { MusterError } from "../../support/errors.js";
import { readLog, rewriteLog, WriteLog } from "../shared/write-log.js";
import { INDEXES } from "./indexes.js";
import type { TenantOptions } from "./options.js";
import { DEFAULT_TENANT, EMPTY_TENANT, seedMutations } from "./seed.js";
import { type Mutation, type SnapshotLine, Store } from "./store.js";

/** The first line of the log. */
export interface TenantMeta {
  readonly version: 1;
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret: string;
  /** Base64, of the key that signs access tokens. */
  readonly tokenKey: string;
  /** Of the snapshot that follows. */
  readonly sequence: number;
}

type Line = { readonly meta: TenantMeta } | SnapshotLine | { readonly s: number; readonly m: readonly Mutation[] };

export interface Loaded {
  readonly meta: TenantMeta;
  readonly store: Store;
  readonly log: WriteLog;
}

/** Opens the folder's tenant. Throws MUS-8001 when its data cannot be read. */
export async function loadTenant(options: TenantOptions, now: () => number): Promise<Loaded> {
  const path = join(options.folder, "tenant.log");
  const lines = await readLog(path);
  const { meta, store } = lines.length === 0 ? create(options, now) : replay(path, lines);
  await rewriteLog(path, snapshot(meta, store));
  return { meta, store, log: await WriteLog.open(path, { sync: options.fsync !== "never" }) };
}

function create({ seed = "default" }: TenantOptions, now: () => number): { meta: TenantMeta; store: Store } {
  const meta: TenantMeta = {
    version: 1,
    tenantId: randomUUID(),
    clientId: randomUUID(),
    secret: randomBytes(30).toString("base64url"),
    tokenKey: randomBytes(32).toString("base64"),
    sequence: 0,
  };
  const store = new Store(INDEXES);
  const content = seed === "default" ? DEFAULT_TENANT : seed === "empty" ? EMPTY_TENANT : seed;
  store.commit(seedMutations(content, { tenantId: meta.tenantId, now: now() }));
  return { meta, store };
}

function replay(path: string, lines: readonly string[]): { meta: TenantMeta; store: Store } {
  const [first = "", ...rest] = lines;
  const { meta } = JSON.parse(first) as { meta?: TenantMeta };
  if (meta?.version !== 1) {
    const what = "the log of the sandbox's tenant does not begin with its description";
    throw new MusterError("MUS-8001", { what, where: { file: path } });
  }
  const store = new Store(INDEXES);
  const commits: { readonly s: number; readonly m: readonly Mutation[] }[] = [];
  for (const text of rest) {
    const line = JSON.parse(text) as Line;
    if ("s" in line) commits.push(line);
    else if (!("meta" in line)) store.load(line);
  }
  store.loaded(meta.sequence);
  for (const { s, m } of commits) store.replay(s, m);
  return { meta, store };
}

function* snapshot(meta: TenantMeta, store: Store): Generator<string> {
  yield JSON.stringify({ meta: { ...meta, sequence: store.sequence } });
  for (const line of store.snapshot()) yield JSON.stringify(line);
}

/** The line of one commit. */
export function commitLine(sequence: number, mutations: readonly Mutation[]): string {
  return JSON.stringify({ s: sequence, m: mutations });
}
