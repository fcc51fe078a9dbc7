/** Policies from YAML text, as the repository reader makes them, for tests that need no repository. */

import { sha256 } from "../../reconciler/model/hash.js";
import type { Policies, PolicyDocument } from "../../reconciler/model/policy.js";
import { LISTS } from "../../reconciler/repo/read-policies.js";
import type { FileKind } from "../../reconciler/repo/schemas.js";
import { validateDocument } from "../../reconciler/repo/validate.js";
import { readDocuments } from "../../reconciler/repo/yaml.js";
import { throwAll } from "../../reconciler/support/errors.js";

/** An environment of corp-ad, a scope of all employees and a usual life cycle: Target and Mapping are the test's own. */
export const EVERYBODY = `kind: Environment
name: production
targets: [corp-ad]
records: { branch: main }
planExpires: 24h
---
kind: Scope
name: everybody
all: [{ attribute: type, operator: EQUALS, value: employee }]
---
kind: Lifecycle
name: standard
prehire: { from: 14d before start, account: disabled, create: true }
active: { account: enabled, create: true }
leave: { account: disabled, memberships: keep }
left: { account: disabled, memberships: remove-managed, attributes: freeze }
vanished: { after: 72h, treat-as: left }
rescinded: { account: disabled }
out-of-scope: { account: disabled }
`;

/** Reads and validates; `apiVersion` may be left out of each document. Throws what the reader throws. */
export function policiesFrom(yaml: string, file = "policies/test.yaml"): Policies {
  const lists: Record<string, PolicyDocument<unknown>[]> = Object.fromEntries(
    Object.values(LISTS).map((key) => [key, []]),
  );
  for (const document of readDocuments(yaml, file, { maxBytes: 1_000_000 })) {
    const value = { apiVersion: "muster/v1", ...(document.value as { kind: string }) };
    throwAll(validateDocument(value.kind as FileKind, value, { file, document }));
    const list = lists[LISTS[value.kind as keyof typeof LISTS]];
    if (list === undefined) throw new Error(`unknown kind ${value.kind}`);
    const blob = sha256(JSON.stringify(value));
    list.push({ value, file, blob, line: document.line, positions: document.positions });
  }
  return lists as unknown as Policies;
}
