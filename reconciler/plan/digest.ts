/**
 * Digests. `actions` is over the sorted op ids. `inputs` is over (kind, name, blob) of workers, policies and those
 * exceptions that change desire, the ledger, as-of, the observed pictures and the version. Override, Bootstrap and
 * commit ids are in neither, so that committing an approval or a squash changes nothing.
 */
import { digestOf, sha256 } from "../model/hash.js";
import { compareText } from "../model/identity.js";
import type { Op } from "../model/op.js";
import type { PlanBody } from "../model/plan.js";
import type { PlanInput } from "./subject.js";

export function digestActions(ops: readonly Op[]): string {
  return sha256(
    ops
      .map((op) => op.id)
      .sort(compareText)
      .join("\n"),
  );
}

export function digestInputs(
  input: PlanInput,
  asOf: string,
): Pick<PlanBody["digests"], "inputs" | "desired" | "observed"> {
  const { source } = input.policy;
  const { environments, sources, targets, scopes, mappings, lifecycles, entitlements, guards, holds, releases } =
    source;
  const policies = [environments, sources, targets, scopes, mappings, lifecycles, entitlements, guards, holds, releases]
    .flat()
    .map((document) => `${document.value.kind}/${document.value.name} ${document.blob}`)
    .sort(compareText);
  const workers = input.snapshot.workers.map((file) => `${file.key} ${file.blob}`);
  const records = Object.values(input.snapshot.sources).map((record) => [
    record.source,
    record.digest,
    record.exportedAt,
  ]);
  const desired = sha256(`${policies.join("\n")}\n\n${workers.join("\n")}\n\n${digestOf(records)}`);
  const observed = Object.fromEntries(Object.entries(input.observed).map(([name, picture]) => [name, picture.digest]));
  const inputs = digestOf([desired, input.ledgerDigest, asOf, observed, input.version]);
  return { inputs, desired, observed };
}
