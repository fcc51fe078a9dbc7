/** The desired value of every managed attribute of one subject, after names are allotted and managers are known. */
import type { IdentityKey, WorkerKey } from "../model/identity.js";
import type { Value } from "../model/value.js";
import type { CompiledAttribute } from "../policy/compiled.js";
import { type Allotment, evaluateDeferred } from "./name-state.js";
import type { Findings, Subject } from "./subject.js";

export type Wanted =
  | { readonly kind: "set"; readonly value: Value }
  | { readonly kind: "clear" }
  /** A reference to somebody who has no account and gets none in this plan. */
  | { readonly kind: "unresolved"; readonly worker: WorkerKey };

export interface ResolveContext {
  readonly allotment: Allotment;
  /** By target and identity: subjects that have an account or get one in this plan. */
  readonly reachable: ReadonlyMap<string, Subject>;
  /** By target and identity: accounts that are replaced by new ones in this plan; references to them move along. */
  readonly replaced: ReadonlySet<string>;
  readonly identityOf: (worker: WorkerKey, per: "person" | "worker") => IdentityKey | undefined;
  readonly findings: Findings;
}

/** undefined: unmanaged. */
export function resolveAttribute(
  context: ResolveContext,
  subject: Subject,
  rule: CompiledAttribute,
): Wanted | undefined {
  const intent = subject.intent.attributes[rule.name];
  if (intent === undefined) return undefined;
  switch (intent.kind) {
    case "set":
    case "clear":
      return intent;
    case "candidates": {
      const name = context.allotment.of(subject).get(rule.name);
      return name === undefined ? undefined : { kind: "set", value: name };
    }
    case "deferred": {
      const conditional = rule.when[subject.intent.stage.stage];
      const expression = (conditional ?? rule.rule)?.expression;
      if (expression == null) return undefined;
      const value = evaluateDeferred(expression, intent.inputs, context.allotment, subject);
      if (value === undefined) return undefined;
      if (value !== null && value !== "") return { kind: "set", value };
      return rule.onNull === "clear" ? { kind: "clear" } : undefined;
    }
    case "reference":
      return resolveReference(context, subject, intent.worker);
  }
}

function resolveReference(context: ResolveContext, subject: Subject, worker: WorkerKey): Wanted {
  const other = subject.mapping.per === "person" ? "worker" : "person";
  for (const per of [subject.mapping.per, other] as const) {
    const identity = context.identityOf(worker, per);
    if (identity === undefined || !context.reachable.has(`${subject.target.name}|${identity}`)) continue;
    return { kind: "set", value: { ref: identity } };
  }
  return { kind: "unresolved", worker };
}
