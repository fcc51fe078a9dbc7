/** Policy files: any number of documents each, in any file below policies/. */
import type { Policies, PolicyDocument } from "../model/policy.js";
import { errorsOf } from "../support/collect-errors.js";
import { MusterError } from "../support/errors.js";
import { MAX_POLICY_BYTES } from "../support/limits.js";
import type { Cache } from "./cache.js";
import { explainBrokenExpression } from "./expression-pitfalls.js";
import type { Files, RepoFile } from "./files.js";
import { throwFound } from "./one-pass.js";
import { readable } from "./parse-files.js";
import type { FileKind } from "./schemas.js";
import { kindOfDocument, validateDocument } from "./validate.js";
import { readDocuments, type YamlDocument } from "./yaml.js";

export interface PolicyFiles {
  readonly policies: Policies;
  /** What the policies are, for digests; sorted by kind and name. */
  readonly blobs: readonly { readonly kind: string; readonly name: string; readonly blob: string }[];
}

/** Which list of Policies a kind belongs to. */
export const LISTS = {
  Environment: "environments",
  Source: "sources",
  Target: "targets",
  Scope: "scopes",
  Mapping: "mappings",
  Lifecycle: "lifecycles",
  Entitlement: "entitlements",
  Guards: "guards",
  Override: "overrides",
  Bootstrap: "bootstraps",
  Hold: "holds",
  Release: "releases",
} as const satisfies Partial<Record<FileKind, keyof Policies>>;

type PolicyKind = keyof typeof LISTS;
const KINDS = Object.keys(LISTS) as PolicyKind[];

interface Found {
  readonly kind: PolicyKind;
  readonly name: string;
  readonly document: PolicyDocument<unknown>;
}

/**
 * Reads all policy documents. Throws the errors of all files, and MUS-1101 for two of one kind and name. The cache knows
 * which blobs were valid: checking them again would need the schemas compiled, the better part of a small plan's time.
 */
export async function parsePolicies(files: Files, cache: Cache): Promise<PolicyFiles> {
  const errors: MusterError[] = [];
  const wanted = await readable(files, files.list.filter(isPolicyFile), MAX_POLICY_BYTES, errors);
  for (const file of files.list) if (/\.yml$/i.test(file.path)) errors.push(wrongEnding(file));
  const found: Found[] = [];
  let at = 0;
  for await (const content of files.contents(wanted)) {
    const file = wanted[at++] as RepoFile;
    const before = errors.length;
    const isKnown = cache.get<true>(file.blob) === true;
    try {
      const limits = { maxBytes: MAX_POLICY_BYTES, explain: explainBrokenExpression };
      for (const document of readDocuments(content, file.path, limits)) {
        const problems = isKnown ? [] : problemsOf(file, document);
        if (problems.length === 0) found.push(foundIn(file, document));
        errors.push(...problems);
      }
    } catch (error) {
      errors.push(...errorsOf(error));
    }
    if (!isKnown && errors.length === before) cache.set(file.blob, true);
  }
  checkNames(found, errors);
  throwFound(errors);
  const blobs = found.map(({ kind, name, document }) => ({ kind, name, blob: document.blob }));
  blobs.sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
  return { policies: listsOf(found), blobs };
}

function isPolicyFile(file: RepoFile): boolean {
  return file.path.endsWith(".yaml");
}

function wrongEnding(file: RepoFile): MusterError {
  const what = "a policy file ends in .yaml; this one would not be read";
  return new MusterError("MUS-1008", { what, where: { file: file.path }, next: "Rename the file." });
}

function problemsOf(file: RepoFile, document: YamlDocument): readonly MusterError[] {
  const place = { file: file.path, document };
  const kind = kindOfDocument(document.value, KINDS, place);
  return kind instanceof MusterError ? [kind] : validateDocument(kind, document.value, place);
}

/** A valid document. */
function foundIn(file: RepoFile, document: YamlDocument): Found {
  const { kind, name } = document.value as { kind: PolicyKind; name: string };
  return {
    kind,
    name,
    document: {
      value: document.value,
      file: file.path,
      blob: file.blob,
      line: document.line,
      get positions() {
        return document.positions;
      },
    },
  };
}

function checkNames(found: readonly Found[], errors: MusterError[]): void {
  const first = new Map<string, Found>();
  for (const each of found) {
    const before = first.get(`${each.kind} ${each.name}`);
    first.set(`${each.kind} ${each.name}`, before ?? each);
    if (before === undefined) continue;
    const { file, positions } = each.document;
    const what = `the ${each.kind} ${each.name} is also in ${before.document.file}:${before.document.line}`;
    errors.push(new MusterError("MUS-1101", { what, where: { file, ...positions["/name"] } }));
  }
}

function listsOf(found: readonly Found[]): Policies {
  const lists = Object.fromEntries(KINDS.map((kind) => [LISTS[kind], [] as PolicyDocument<unknown>[]]));
  for (const { kind, document } of found) lists[LISTS[kind]]?.push(document);
  return lists as unknown as Policies;
}
