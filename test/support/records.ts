/** What a state repository's work tree holds of ledger and runs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LedgerEntry, RunFile } from "../../reconciler/model/files/index.js";
import { readDocument } from "../../reconciler/repo/yaml.js";

/** Run records of all environments, oldest first. */
export function readRuns(folder: string): RunFile[] {
  return readAll<RunFile>(join(folder, "state/environments"), "Run").sort(
    (a, b) => Date.parse(a.started) - Date.parse(b.started),
  );
}

/** Ledger entries of all environments. */
export function readLedger(folder: string): LedgerEntry[] {
  return readAll<LedgerEntry>(join(folder, "state/environments"), "Account");
}

function readAll<T extends { readonly kind: string }>(folder: string, kind: string): T[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => readDocument(readFileSync(join(folder, name)), name, { maxBytes: 1e7 }).value as T)
    .filter((document) => document.kind === kind);
}
