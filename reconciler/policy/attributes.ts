/** Evaluates the rules of a mapping for one identity: what is set, cleared, left alone, or decided after names are allotted. */
import type { Stage } from "../model/identity.js";
import type { AttributeIntent, Candidate, Intent, Operand } from "../model/intent.js";
import type { Value } from "../model/value.js";
import { resolveWorkerReference } from "../model/worker.js";
import type { CompiledAttribute, CompiledMapping, CompiledValue } from "./compiled.js";
import { isAccountPath } from "./compiled.js";
import { type Expression, toText } from "./expression/index.js";
import type { Member } from "./identities.js";
import type { WorkerView } from "./worker-view.js";

/** Attributes that are missing from the result are unmanaged. */
export function evaluateAttributes(
  mapping: CompiledMapping,
  primary: Member,
  stage: Stage,
  frozen: boolean,
  asOf: number,
): Record<string, AttributeIntent> {
  const out: Record<string, AttributeIntent> = {};
  for (const rule of mapping.attributes) {
    const intent = evaluateRule(rule, primary.view, stage, frozen, asOf);
    if (intent !== null) out[rule.name] = intent;
  }
  return out;
}

function evaluateRule(
  rule: CompiledAttribute,
  view: WorkerView,
  stage: Stage,
  frozen: boolean,
  asOf: number,
): AttributeIntent | null {
  const conditional = rule.when[stage];
  if (conditional !== undefined) return evaluateValue(rule, conditional, view, asOf);
  if (frozen) return null;
  if (rule.reference !== null) return evaluateReference(rule, view);
  if (rule.unique !== null) return { kind: "candidates", list: evaluateCandidates(rule.unique.candidates, view, asOf) };
  return rule.rule === null ? null : evaluateValue(rule, rule.rule, view, asOf);
}

function evaluateValue(
  rule: CompiledAttribute,
  value: CompiledValue,
  view: WorkerView,
  asOf: number,
): AttributeIntent | null {
  if (value.kind === "keep") return null;
  if (value.kind === "clear") return { kind: "clear" };
  if (value.kind === "constant") return setOrClear(value.constant, "clear");
  const expression = value.expression;
  if (expression === null) return null;
  if (expression.paths.some(isAccountPath)) return { kind: "deferred", inputs: operandsOf(expression, view) };
  const result = expression.evaluate({ get: (path) => view.get(path), asOf });
  return result === undefined ? null : setOrClear(toText(result), rule.onNull);
}

/** An empty text or list is what a directory cannot hold: it counts as null. */
export function setOrClear(value: Value | null, onNull: "keep" | "clear"): AttributeIntent | null {
  const empty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
  if (!empty) return { kind: "set", value };
  if (Array.isArray(value)) return { kind: "clear" };
  return onNull === "clear" ? { kind: "clear" } : null;
}

/** The HR operands that an expression needs when the names are known; a missing one stays missing. */
function operandsOf(expression: Expression, view: WorkerView): Record<string, Operand> {
  const inputs: Record<string, Operand> = {};
  for (const path of expression.paths) {
    if (isAccountPath(path)) continue;
    const value = view.get(path);
    if (value !== undefined) inputs[path] = value;
  }
  return inputs;
}

function evaluateReference(rule: CompiledAttribute, view: WorkerView): AttributeIntent | null {
  const manager = view.worker.manager;
  if (manager === undefined) return null;
  if (manager === null || manager === "") return rule.reference?.onUnresolved === "clear" ? { kind: "clear" } : null;
  return { kind: "reference", worker: resolveWorkerReference(manager, view.worker.source) };
}

function evaluateCandidates(candidates: readonly Expression[], view: WorkerView, asOf: number): Candidate[] {
  return candidates.flatMap((expression): Candidate[] => {
    if (expression.paths.some(isAccountPath)) return [{ inputs: operandsOf(expression, view) }];
    const result = expression.evaluate({ get: (path) => view.get(path), asOf });
    const text = result === undefined ? null : toText(result);
    return [{ text: typeof text === "string" ? text : "" }];
  });
}

/** Match values over every worker of the identity: a person who returns under a new id keeps the account. */
export function evaluateMatch(mapping: CompiledMapping, members: readonly Member[], asOf: number): Intent["match"] {
  return mapping.match.map((match) => {
    const values = new Set<string>();
    for (const member of members) {
      const result = match.expression.evaluate({ get: (path) => member.view.get(path), asOf });
      const text = result === undefined ? null : toText(result);
      if (typeof text === "string" && text !== "") values.add(text);
    }
    return { attribute: match.attribute, values: [...values].sort() };
  });
}

/** null: the account stays where it is. Frozen stages move only where `container` names the stage. */
export function evaluateContainer(
  mapping: CompiledMapping,
  primary: Member,
  stage: Stage,
  frozen: boolean,
  asOf: number,
): string | null {
  const place = mapping.container[stage] ?? (frozen ? undefined : mapping.container.default);
  if (place === undefined) return null;
  if (place.kind === "constant") return typeof place.constant === "string" ? place.constant : null;
  const result = place.expression?.evaluate({ get: (path) => primary.view.get(path), asOf });
  const text = result === undefined ? null : toText(result);
  return typeof text === "string" && text !== "" ? text : null;
}
