/** The desired value of every managed attribute of one subject, after names are allotted and managers are known. */
import type { IdentityKey, WorkerKey } from "../model/identity.js";
import { displayValue, type Value } from "../model/value.js";
import type { WorkerFile } from "../model/worker.js";
import type { CompiledAttribute } from "../policy/compiled.js";
import { canonicalInstant } from "../policy/time.js";
import { withPrimary } from "./address-list.js";
import type { Links } from "./link.js";
import { type Allotment, evaluateDeferred, textOf } from "./name-state.js";
import { type Findings, isReprovisioned, type Subject } from "./subject.js";

export type Wanted =
  | { readonly kind: "set"; readonly value: Value }
  | { readonly kind: "clear" }
  /** A reference to somebody who has no account and gets none in this plan. */
  | { readonly kind: "unresolved"; readonly worker: WorkerKey };

export interface ResolveContext {
  readonly allotment: Allotment;
  /** By target: identities that have an account or get one in this plan. */
  readonly reachable: ReadonlyMap<string, ReadonlySet<IdentityKey>>;
  /** By target and identity: accounts that are replaced by new ones in this plan; references to them move along. */
  readonly replaced: ReadonlySet<string>;
  readonly identityOf: (worker: WorkerKey, per: "person" | "worker") => IdentityKey | undefined;
  /** All records of HR of the people whom the workers are. */
  readonly recordsOf: (workers: readonly WorkerKey[]) => readonly WorkerFile[];
  readonly findings: Findings;
  readonly links: Links;
}

/** undefined: unmanaged. */
export function resolveAttribute(
  context: ResolveContext,
  subject: Subject,
  rule: CompiledAttribute,
): Wanted | undefined {
  const wanted = resolveRule(context, subject, rule);
  if (wanted?.kind === "set" && subject.target.capabilities.instants?.includes(rule.name) === true)
    return asInstant(context, subject, rule, wanted.value);
  if (!rule.primary || wanted?.kind !== "set" || typeof wanted.value !== "string") return wanted;
  const account = isReprovisioned(subject) ? null : subject.account;
  const mail = textOf(account?.attributes.mail);
  const leaves = mail !== null && subject.mapping.attribute.get("mail")?.unique != null;
  const aliases = leaves && context.allotment.name(subject, "mail") !== mail ? [mail] : [];
  return { kind: "set", value: withPrimary(account?.attributes[rule.name] ?? null, wanted.value, aliases) };
}

/** In the one spelling in which a target shows instants; any other would differ from it in every run. */
function asInstant(
  { findings }: ResolveContext,
  { identity, target, intent }: Subject,
  { name, file, line }: CompiledAttribute,
  value: Value,
): Wanted | undefined {
  const instant = typeof value === "string" ? canonicalInstant(value) : null;
  if (instant !== null) return { kind: "set", value: instant };
  findings.add({
    kind: "not-an-instant",
    severity: "warning",
    identity,
    target: target.name,
    what: `${name} of ${intent.label} is not written: "${displayValue(value)}" is neither a day (2026-12-01) nor an instant with its offset`,
    next: `Correct the field in HR, or the rule in ${file}:${line}.`,
  });
  return undefined;
}

function resolveRule(context: ResolveContext, subject: Subject, rule: CompiledAttribute): Wanted | undefined {
  const intent = subject.intent.attributes[rule.name];
  if (intent === undefined) return undefined;
  switch (intent.kind) {
    case "set":
    case "clear":
      return intent;
    case "candidates": {
      const name = context.allotment.name(subject, rule.name);
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
    if (identity === undefined || context.reachable.get(subject.target.name)?.has(identity) !== true) continue;
    return { kind: "set", value: { ref: identity } };
  }
  return { kind: "unresolved", worker };
}
