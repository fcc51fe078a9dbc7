/** What the policies need of one target, before anybody is looked at: the verbs, attributes, containers and groups they can touch. */
import type { NeededAttribute, Needs } from "../model/check.js";
import { compareText } from "../model/identity.js";
import type { Verb } from "../model/op.js";
import type { CompiledEntitlement, CompiledMapping, CompiledPolicy, CompiledTarget } from "./compiled.js";

/** What a Target allows where it does not say. */
export const DEFAULT_ALLOW = [
  "create",
  "update",
  "rename",
  "move",
  "enable",
  "disable",
] as const satisfies readonly Verb[];

/** The needs of a target of the environment; undefined when there is none of that name. */
export function needsOf(policy: CompiledPolicy, name: string, role: Needs["role"]): Needs | undefined {
  const target = policy.targets.find((known) => known.name === name);
  if (target === undefined) return undefined;
  const mappings = policy.mappings.filter((mapping) => mapping.target === name);
  const entitlements = mappings.flatMap((mapping) => mapping.entitlements);
  const groups = entitlements.filter((one) => one.licence === null).map((one) => one.group);
  const licences = entitlements.filter((one) => one.licence !== null).map((one) => one.group);
  const tasks = mappings.flatMap(tasksOf).filter((task) => target.capabilities.tasks.includes(task));
  const uses = { groups: groups.length > 0, licences: licences.length > 0, tasks: tasks.length > 0 };
  const verbs = verbsOf(target, mappings, uses);
  return {
    role,
    verbs,
    attributes: attributesOf(target, mappings, verbs),
    tasks: sorted(tasks),
    makesContainers: target.document.value.createContainers === true,
    containers: sorted(mappings.flatMap(containersOf)),
    groups: sorted(groups),
    ...(licences.length > 0 ? { licences: sorted(licences) } : {}),
    ...(mappings.some((mapping) => mapping.link !== null) ? { links: true } : {}),
    ...disabledPlansOf(entitlements),
    ...domainsOf(target, mappings),
  };
}

function verbsOf(
  target: CompiledTarget,
  mappings: readonly CompiledMapping[],
  uses: { readonly groups: boolean; readonly licences: boolean; readonly tasks: boolean },
): Verb[] {
  if (mappings.length === 0) return [];
  const allowed: readonly Verb[] = target.document.value.allow ?? DEFAULT_ALLOW;
  // Accounts that are only linked are never made, named, enabled, disabled or deleted here.
  const links = mappings.every((mapping) => mapping.link !== null);
  const verbs = allowed.filter(
    (verb) => target.capabilities.verbs.includes(verb) && (!links || (verb === "update" && hasAttributes(mappings))),
  );
  if (uses.licences) verbs.push("assign-licence", "remove-licence");
  if (uses.groups) verbs.push("add-member", "remove-member");
  if (uses.tasks) verbs.push("run-task");
  return verbs;
}

function disabledPlansOf(entitlements: readonly CompiledEntitlement[]): Pick<Needs, "disabledPlans"> {
  const plans: Record<string, readonly string[]> = {};
  for (const { group, licence } of entitlements) {
    if (licence?.disabledPlans == null || licence.disabledPlans.length === 0) continue;
    plans[group] = sorted([...(plans[group] ?? []), ...licence.disabledPlans]);
  }
  return Object.keys(plans).length === 0 ? {} : { disabledPlans: plans };
}

/** Texts of an expression, and what follows the "@" in one. A text without escapes is all that a domain can stand in. */
const TEXT = /"([^"\\]*)"/g;
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/** Domains of names, as they stand in the rules of accounts that are made here: those that come from HR are not known. */
function domainsOf(target: CompiledTarget, mappings: readonly CompiledMapping[]): Pick<Needs, "domains"> {
  const rules = mappings
    .filter(({ link }) => link === null)
    .flatMap(({ attributes }) => attributes.filter(({ name }) => target.capabilities.naming.includes(name)))
    .flatMap(({ rule, unique }) => [
      ...(unique?.candidates ?? []),
      ...(rule?.expression == null ? [] : [rule.expression]),
    ]);
  const found = rules.flatMap(({ text }) => {
    const texts = [...text.matchAll(TEXT)].map(([, inner = ""]) => inner);
    if (!texts.some((one) => one.includes("@"))) return [];
    return texts.map((one) => one.slice(one.lastIndexOf("@") + 1).toLowerCase()).filter((one) => DOMAIN.test(one));
  });
  return found.length === 0 ? {} : { domains: sorted(found) };
}

function hasAttributes(mappings: readonly CompiledMapping[]): boolean {
  return mappings.some((mapping) => mapping.attributes.length > 0);
}

/** Create-only values are written to an account that is bound, too; names also by a rename. */
function attributesOf(target: CompiledTarget, mappings: readonly CompiledMapping[], verbs: readonly Verb[]) {
  const { capabilities } = target;
  const found = new Map<string, NeededAttribute>();
  for (const mapping of mappings) {
    for (const { name, unique } of mapping.attributes) {
      const limits = [capabilities.maxLength[name], unique?.maxLength, found.get(name)?.maxLength];
      const known = limits.filter((limit): limit is number => typeof limit === "number");
      const maxLength = known.length === 0 ? null : Math.min(...known);
      const writers: Verb[] = unique === null ? ["update"] : ["update", "rename"];
      const writtenBy = writers.filter((verb) => verbs.includes(verb));
      found.set(name, { name, writtenBy, multi: capabilities.multi.includes(name), maxLength });
    }
    for (const { attribute: name } of mapping.match) {
      if (!found.has(name)) found.set(name, plain(name, []));
    }
  }
  for (const { name, writtenBy } of ownAttributes(target, verbs))
    if (!found.has(name)) found.set(name, plain(name, writtenBy));
  return [...found.values()].sort((a, b) => compareText(a.name, b.name));
}

function plain(name: string, writtenBy: readonly string[]): NeededAttribute {
  return { name, writtenBy, multi: false, maxLength: null };
}

/** What settings of the Target write, without any mapping. */
function ownAttributes(target: CompiledTarget, verbs: readonly Verb[]) {
  const { initialPassword, resetPassword, consistencyGuid } = target.document.value;
  const changers = [
    ...(initialPassword?.mustChange === true ? verbs.filter((verb) => verb === "create") : []),
    ...(resetPassword?.mustChange === true ? ["reset-password"] : []),
  ];
  return [
    ...(changers.length > 0 ? [{ name: "pwdLastSet", writtenBy: changers }] : []),
    ...(consistencyGuid === "stamp" ? [{ name: "mS-DS-ConsistencyGuid", writtenBy: ["create", "update"] }] : []),
  ];
}

function tasksOf(mapping: CompiledMapping): string[] {
  return Object.values(mapping.lifecycle).flatMap((settings) =>
    typeof settings === "object" && "tasks" in settings ? (settings.tasks ?? []) : [],
  );
}

function containersOf(mapping: CompiledMapping): string[] {
  return Object.values(mapping.container).flatMap((place) =>
    place?.kind === "constant" && typeof place.constant === "string" ? [place.constant] : [],
  );
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareText);
}
