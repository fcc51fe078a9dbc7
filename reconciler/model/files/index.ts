/** Generated from schemas/ by npm run generate. Do not edit. */
export type { LedgerEntry } from "./account.js";
export type { Bootstrap } from "./bootstrap.js";
export type { Entitlement } from "./entitlement.js";
export type { Environment } from "./environment.js";
export type { LedgerGroup } from "./group.js";
export type { Guards } from "./guards.js";
export type { Hold } from "./hold.js";
export type { Lifecycle } from "./lifecycle.js";
export type { Mapping } from "./mapping.js";
export type { Override } from "./override.js";
export type { Release } from "./release.js";
export type { RunFile } from "./run.js";
export type { Scope } from "./scope.js";
export type { SourceRecord } from "./source-record.js";
export type { Source } from "./source.js";
export type { Target } from "./target.js";
export type { Worker } from "./worker.js";
