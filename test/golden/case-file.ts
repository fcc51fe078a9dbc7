/** A golden case as its case.yaml says it: types, reading, and the short forms that make it readable. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import type { Worker } from "../../reconciler/model/files/index.js";
import type { Policies } from "../../reconciler/model/policy.js";
import { policiesFrom } from "../support/policies.js";
import type { TenantAct } from "./tenant.js";

type Fields = Readonly<Record<string, unknown>>;
type Attributes = Readonly<Record<string, string | readonly string[] | null>>;

/** What an administrator does. People are named by the cn of their account at that moment. */
export type AdminAct =
  | {
      readonly add: string;
      readonly in: string;
      /** Whether objects lie below it. */
      readonly children?: boolean;
      readonly enabled?: boolean;
      readonly set?: Attributes;
      readonly groups?: readonly string[];
    }
  | { readonly edit: string; readonly set: Attributes }
  | { readonly disable: string }
  | { readonly enable: string }
  /** forGood: the Recycle Bin is off, and a tombstone is left. */
  | { readonly delete: string; readonly forGood?: boolean }
  /** The time is over for which the Recycle Bin keeps a deleted account: a tombstone is left. */
  | { readonly expire: string }
  | { readonly move: string; readonly to: string }
  | { readonly join: string; readonly group: string }
  | { readonly leave: string; readonly group: string }
  /** Puts a group into a protected one: it and its members of that moment are protected. */
  | { readonly nest: string; readonly in: string }
  | TenantAct;

export interface Step {
  /** As-of, with offset. */
  readonly at: string;
  /** The wall clock at apply; left out: as-of. */
  readonly applyAt?: string;
  /** What happens, in plain words, and what is expected. */
  readonly story: string;
  readonly expect: string;
  /** Workers by id: merged into what is there; "$missing" takes a key away. */
  readonly hr?: Readonly<Record<string, Fields>>;
  readonly admin?: readonly AdminAct[];
  /** Policy documents, merged by kind and name; "$missing" takes a key, `$delete: true` the document away. */
  readonly policy?: readonly Fields[];
  /** What an administrator does after the plan was approved and before it is applied. */
  readonly between?: readonly AdminAct[];
  /** The n-th write of this step loses its reply after it took effect. */
  readonly loseReplyOfWrite?: number;
  /** The ledger is lost before this step. */
  readonly loseLedger?: boolean;
  /** The next plan still has ops, and why that is right. Left out: it must have none. */
  readonly unsettled?: string;
  readonly check: readonly string[];
}

export interface GoldenCase {
  readonly title: string;
  readonly why: string;
  /** There is a tenant beside the directory (base/tenant.yaml). */
  readonly tenant?: boolean;
  readonly policy?: readonly Fields[];
  readonly workers?: Readonly<Record<string, Fields>>;
  readonly directory?: readonly AdminAct[];
  /** Instant at which the workers are reconciled before the story begins. Left out: nothing is bound yet. */
  readonly begin?: string;
  /** Attributes that the tables of directory and tenant show. */
  readonly show?: readonly string[];
  readonly steps: readonly Step[];
}

const HERE = import.meta.dirname;
const MISSING = "$missing";

export function readCase(name: string): GoldenCase {
  return parse(readFileSync(join(HERE, name, "case.yaml"), "utf8")) as GoldenCase;
}

export function readBasePolicies(tenant: "with-tenant" | "without"): Fields[] {
  const read = (file: string) =>
    parseAllDocuments(readFileSync(join(HERE, "base", file), "utf8")).map((document) => document.toJS() as Fields);
  const base = read("policies.yaml");
  return tenant === "without" ? base : mergePolicies(base, read("tenant.yaml"));
}

/** Later maps win; lists and scalars replace; "$missing" removes. */
function merge(base: Fields, change: Fields): Fields {
  const out: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    if (value === MISSING) delete out[key];
    else out[key] = isFields(value) ? merge(isFields(out[key]) ? out[key] : {}, value) : value;
  }
  return out;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function mergePolicies(documents: readonly Fields[], changes: readonly Fields[]): Fields[] {
  let out = [...documents];
  for (const change of changes) {
    const known = out.find((document) => document.kind === change.kind && document.name === change.name);
    if (change.$delete === true) out = out.filter((document) => document !== known);
    else if (known === undefined) out.push(change);
    else out = out.map((document) => (document === known ? replaceRules(merge(document, change), change) : document));
  }
  return out;
}

/** A rule of a mapping is one thing: it is replaced, not merged into the rule that was there. */
function replaceRules(merged: Fields, change: Fields): Fields {
  if (!isFields(change.attributes) || !isFields(merged.attributes)) return merged;
  const given = Object.entries(change.attributes).filter(([, rule]) => rule !== MISSING);
  return { ...merged, attributes: { ...merged.attributes, ...Object.fromEntries(given) } };
}

export function compileDocuments(documents: readonly Fields[]): Policies {
  const style = { defaultStringType: "QUOTE_SINGLE", defaultKeyType: "PLAIN", lineWidth: 0 } as const;
  return policiesFrom(documents.map((document) => stringify(document, style)).join("---\n"));
}

/** A worker as the state holds it; `base` is what HR said before. Short forms: name as text, from, lastDay. */
export function workerFrom(id: string, change: Fields, base: Worker | undefined): Worker {
  const { name, from, lastDay, ...rest } = change;
  const start: Fields = base === undefined ? defaultsOf(id) : (base as unknown as Fields);
  let worker = merge(start, rest);
  if (typeof name === "string") {
    const cut = name.lastIndexOf(" ");
    worker = merge(worker, { name: { given: name.slice(0, cut), family: name.slice(cut + 1) } });
  } else if (isFields(name)) worker = merge(worker, { name });
  const out = worker as unknown as Worker;
  if (from === undefined && lastDay === undefined) return out;
  const periods = out.employment.periods;
  const last = periods.at(-1) ?? { from: "", lastDay: null, status: "normal" as const };
  const period = {
    ...last,
    ...(from === undefined ? {} : { from: from as string }),
    ...(lastDay === undefined ? {} : { lastDay: lastDay as string | null }),
  };
  return { ...out, employment: { ...out.employment, periods: [...periods.slice(0, -1), period] } };
}

function defaultsOf(id: string): Fields {
  return {
    apiVersion: "muster/v1",
    kind: "Worker",
    source: "hr",
    id,
    type: "employee",
    employment: { periods: [] },
    timezone: "Europe/Berlin",
    job: { title: "Engineer", department: "Platform" },
  };
}
