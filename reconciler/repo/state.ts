/**
 * The state repository as Muster reads it: policies, workers, ledger. All errors of all files come in one MusterErrors.
 * Files whose blob was read before come from the cache, so a second read costs what changed.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LedgerEntry, LedgerGroup } from "../model/files/index.js";
import { buildLedger, type Ledger } from "../model/ledger.js";
import { accountPath, environmentFolder, groupPath, POLICIES, SOURCES, WORKERS } from "../model/paths.js";
import type { Snapshot } from "../model/worker.js";
import { MusterError } from "../support/errors.js";
import { MAX_RECORD_BYTES } from "../support/limits.js";
import { Cache } from "./cache.js";
import { type At, type Files, filesAt } from "./files.js";
import { type Git, openGit, resolveCommit } from "./git.js";
import { throwFound } from "./one-pass.js";
import { misplacedError, type ParseOptions, parseFiles } from "./parse-files.js";
import { type PolicyFiles, parsePolicies } from "./read-policies.js";
import { parseSnapshot } from "./read-snapshot.js";
import { musterVersion, schemasDigest } from "./schemas.js";

export type { At } from "./files.js";

export interface RepositoryOptions {
  /** Folder of the cache; null for none. Default: muster/cache in the git directory. */
  readonly cache?: string | null;
}

export interface Repository {
  readonly git: Git;
  /** Folder of the cache, null for none; and the version under which Muster keeps what it parsed. */
  readonly cacheFolder: string | null;
  readonly cacheVersion: string;
  /** Full id of a commit, null when there is none. */
  resolve(revision: string): Promise<string | null>;
  /** All policy documents. Throws MUS-10xx and MUS-11xx for all files at once. */
  readPolicies(at: At): Promise<PolicyFiles>;
  /** All workers. Throws MUS-1008 misplaced, MUS-1010 not as imported, MUS-1011 duplicate, and errors of the files. */
  readSnapshot(at: At): Promise<Snapshot>;
  /** The ledger of an environment, empty when there is none. */
  readLedger(at: At, environment: string): Promise<Ledger>;
}

/** Opens the state repository that holds a path. Throws MUS-1009 when there is none. */
export async function openRepository(path: string, options: RepositoryOptions = {}): Promise<Repository> {
  const git = await openGit(path);
  const here = !git.bare && existsSync(join(git.root, POLICIES));
  if (!here && (await resolveCommit(git, "HEAD")) === null) throw notState(git);
  if (!here && (await filesAt(git, { commit: "HEAD" }, [POLICIES])).list.length === 0) throw notState(git);
  const cacheFolder = options.cache === undefined ? join(git.commonDir, "muster", "cache") : options.cache;
  const cacheVersion = `${musterVersion()} ${schemasDigest()}`;
  const caches = new Map<string, Cache>();
  const cacheOf = (kind: string): Cache => {
    const cache = caches.get(kind) ?? Cache.open(cacheFolder, kind, cacheVersion);
    caches.set(kind, cache);
    return cache;
  };
  return {
    git,
    cacheFolder,
    cacheVersion,
    resolve: (revision) => resolveCommit(git, revision),
    readPolicies: async (at) => {
      const cache = cacheOf("policies");
      const policies = await parsePolicies(await filesAt(git, at, [POLICIES]), cache);
      cache.save();
      return policies;
    },
    readSnapshot: async (at) => {
      const listing = filesAt(git, at, [WORKERS, SOURCES]);
      const cache = cacheOf("workers");
      const snapshot = await parseSnapshot(await listing, cache);
      cache.save();
      return snapshot;
    },
    readLedger: async (at, environment) => {
      const folder = environmentFolder(environment);
      const listing = filesAt(git, at, [`${folder}/accounts`, `${folder}/groups`]);
      const cache = cacheOf(`ledger ${environment}`);
      const ledger = await parseLedger(await listing, environment, cache);
      cache.save();
      return ledger;
    },
  };
}

function notState(git: Git): MusterError {
  return new MusterError("MUS-1009", { what: `${git.root} has no folder ${POLICIES}/` });
}

async function parseLedger(files: Files, environment: string, cache: Cache): Promise<Ledger> {
  const errors: MusterError[] = [];
  const accountsFolder = `${environmentFolder(environment)}/accounts/`;
  const inAccounts = files.list.filter((file) => file.path.startsWith(accountsFolder));
  const inGroups = files.list.filter((file) => !file.path.startsWith(accountsFolder));
  const limits = { maxBytes: MAX_RECORD_BYTES, cache, outlineOf: () => null };
  const ofAccounts: ParseOptions<LedgerEntry, null> = {
    ...limits,
    kind: "Account",
    pathOf: (entry) => accountPath(environment, entry.target, entry.identity),
  };
  const ofGroups: ParseOptions<LedgerGroup, null> = {
    ...limits,
    kind: "Group",
    pathOf: (group) => groupPath(environment, group.target, group.group),
  };
  const accounts = await parseFiles(files, inAccounts, ofAccounts, errors);
  const groups = await parseFiles(files, inGroups, ofGroups, errors);
  for (const { file, value } of accounts.misplaced) errors.push(misplacedError(file.path, ofAccounts.pathOf(value)));
  for (const { file, value } of groups.misplaced) errors.push(misplacedError(file.path, ofGroups.pathOf(value)));
  throwFound(errors);
  const known = groups.placed.map(({ value }) => ({ ...value, key: `${value.target}|${value.group}` }));
  return buildLedger(
    accounts.placed.map(({ value }) => value),
    new Map(known.map(({ key, anchor }) => [key, anchor])),
    new Map(known.flatMap(({ key, exclusive }) => (exclusive === undefined ? [] : [[key, exclusive] as const]))),
  );
}
