/** Policies from YAML text, as the repository reader makes them, for tests that need no repository. */

import { sha256 } from "../../reconciler/model/hash.js";
import type { Policies, PolicyDocument } from "../../reconciler/model/policy.js";
import type { FileKind } from "../../reconciler/repo/schemas.js";
import { validateDocument } from "../../reconciler/repo/validate.js";
import { readDocuments } from "../../reconciler/repo/yaml.js";
import { throwAll } from "../../reconciler/support/errors.js";

const LISTS: Readonly<Record<string, keyof Policies>> = {
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
};

/** Reads and validates; `apiVersion` may be left out of each document. Throws what the reader throws. */
export function policiesFrom(yaml: string, file = "policies/test.yaml"): Policies {
  const lists: Record<string, PolicyDocument<unknown>[]> = Object.fromEntries(
    Object.values(LISTS).map((key) => [key, []]),
  );
  for (const document of readDocuments(yaml, file, { maxBytes: 1_000_000 })) {
    const value = { apiVersion: "muster/v1", ...(document.value as { kind: string }) };
    throwAll(validateDocument(value.kind as FileKind, value, { file, document }));
    const list = lists[LISTS[value.kind] ?? ""];
    if (list === undefined) throw new Error(`unknown kind ${value.kind}`);
    const blob = sha256(JSON.stringify(value));
    list.push({ value, file, blob, line: document.line, positions: document.positions });
  }
  return lists as unknown as Policies;
}
