/** Policies to a compiled policy of one environment: references resolved, paths and settings checked, all errors at once. */
import type { Scope, Source } from "../model/files/index.js";
import { digestOf } from "../model/hash.js";
import { compareText } from "../model/identity.js";
import type { Policies, PolicyDocument } from "../model/policy.js";
import type { Capabilities } from "../model/ports.js";
import { attempt } from "../support/collect-errors.js";
import { MusterError, throwAll } from "../support/errors.js";
import { checkMapping, checkPaths, checkSharedGroups, checkTasks } from "./check.js";
import { checkLicences, checkLink } from "./check-cloud.js";
import { checkPassSecrets, checkSecrets } from "./check-secrets.js";
import { checkTargetFields } from "./check-target.js";
import { accountPaths, compileMapping, whereAt } from "./compile-mapping.js";
import type { CompiledEntitlement, CompiledMapping, CompiledPolicy, CompiledTarget } from "./compiled.js";
import { splitAccountPath } from "./compiled.js";
import { type CompiledScope, compileScope } from "./scope.js";

type CapabilitiesOf = (type: string) => Capabilities;

/**
 * Compiles what the environment uses. `capabilitiesOf` gives what a target type can do. Throws MusterErrors with
 * MUS-1102 (unknown reference), MUS-1104 (path no source maps), MUS-1106, MUS-1109, MUS-1110, MUS-1111, MUS-12xx.
 */
export function compilePolicies(
  policies: Policies,
  environment: string,
  capabilitiesOf: CapabilitiesOf,
): CompiledPolicy {
  const errors: MusterError[] = [];
  const collect = <T>(run: () => T): T | null => attempt(run, errors);
  const chosen = policies.environments.find((document) => document.value.name === environment);
  if (chosen === undefined) throw noEnvironment(policies, environment);
  const targets = chosen.value.targets.flatMap((name, i) => {
    const document = policies.targets.find((target) => target.value.name === name);
    if (document === undefined) errors.push(unknown("Target", name, chosen, `/targets/${i}`));
    return document === undefined ? [] : [compileTarget(document, capabilitiesOf)];
  });
  for (const target of targets) errors.push(...checkTargetFields(target.document), ...checkSecrets(target.document));
  const scopes = new Map<string, CompiledScope>();
  for (const document of policies.scopes) {
    const scope = collect(() => compileScope(document));
    if (scope === null) continue;
    scopes.set(scope.name, scope);
    collect(() => throwAll(checkScopePaths(document, scope, policies.sources)));
  }
  for (const document of [...policies.mappings, ...policies.entitlements]) {
    const { target } = document.value;
    if (policies.targets.every(({ value }) => value.name !== target))
      errors.push(unknown("Target", target, document, "/target"));
  }
  const names = new Set(targets.map((target) => target.name));
  const entitlements = policies.entitlements
    .filter((document) => names.has(document.value.target))
    .flatMap((document) => collect(() => compileEntitlement(document, scopes)) ?? []);
  collect(() => throwAll([...checkSharedGroups(entitlements, targets), ...checkLicences(entitlements, targets)]));
  const mappings = policies.mappings
    .filter((document) => names.has(document.value.target))
    .flatMap((document) => collect(() => joinMapping(document, policies, scopes, entitlements, targets)) ?? []);
  for (const mapping of mappings) collect(() => throwAll(checkMapping(mapping, targets, policies.sources)));
  collect(() => throwAll(mappings.flatMap((mapping) => checkLink(mapping, mappings, targets))));
  collect(() => throwAll([...checkTasks(mappings, targets), ...checkPassSecrets(mappings, targets)]));
  const ordered = collect(() => orderMappings(mappings)) ?? mappings;
  throwAll(errors);
  return {
    environment: chosen.value,
    targets,
    mappings: ordered,
    guards: policies.guards.filter((d) => d.value.environment === undefined || d.value.environment === environment),
    namespaces: Object.fromEntries(
      policies.sources.map((s) => [s.value.name, s.value.personNamespace ?? s.value.name]),
    ),
    source: policies,
    digest: digestOf(shapingBlobs(policies)),
  };
}

/** Kind, name and blob of the policies that shape intents; guards and exceptions do not. */
function shapingBlobs(policies: Policies): string[] {
  const { environments, sources, targets, scopes, mappings, lifecycles, entitlements } = policies;
  return [environments, sources, targets, scopes, mappings, lifecycles, entitlements]
    .flat()
    .map((document) => `${document.value.kind}/${document.value.name}/${document.blob}`)
    .sort(compareText);
}

function compileTarget(document: CompiledTarget["document"], capabilitiesOf: CapabilitiesOf): CompiledTarget {
  const target = document.value;
  return {
    document,
    name: target.name,
    capabilities: capabilitiesOf(target.type),
    forest: target.forest === undefined ? `target:${target.name}` : `forest:${target.forest}`,
  };
}

function compileEntitlement(
  document: CompiledEntitlement["document"],
  scopes: ReadonlyMap<string, CompiledScope>,
): CompiledEntitlement {
  const entitlement = document.value;
  const scope = scopes.get(entitlement.scope);
  if (scope === undefined) throw unknown("Scope", entitlement.scope, document, "/scope");
  return {
    document,
    name: entitlement.name,
    target: entitlement.target,
    ...whatItGrants(document),
    scope,
    onLoss: entitlement.onLoss ?? "remove",
    exclusive: exclusiveRule(document),
  };
}

/** Throws MUS-1110 unless it is a group or a licence. */
function whatItGrants(document: CompiledEntitlement["document"]): Pick<CompiledEntitlement, "group" | "licence"> {
  const { name, group, licence } = document.value;
  if (group !== undefined && licence === undefined) return { group, licence: null };
  if (licence !== undefined && group === undefined)
    return { group: licence.sku, licence: { disabledPlans: licence.disabledPlans ?? null } };
  const what = `entitlement ${name} names ${group === undefined ? "neither a group nor a licence" : "a group and a licence"}`;
  const where = whereAt(document, group === undefined ? "" : "/licence");
  throw new MusterError("MUS-1110", { what, where, next: "Write one of the two: group, or licence with its sku." });
}

/** Throws MUS-1110 where an exclusive group would keep those who are no longer entitled. */
function exclusiveRule(document: CompiledEntitlement["document"]): CompiledEntitlement["exclusive"] {
  const { membership, onLoss, name } = document.value;
  if (typeof membership !== "object") return null;
  const { since, firstRun = "notify" } = membership.exclusive;
  if (onLoss === undefined || onLoss === "remove") return { since, firstRun };
  throw new MusterError("MUS-1110", {
    what: `entitlement ${name} is exclusive and says onLoss: ${onLoss}: nobody stays in the group without an entitlement`,
    where: whereAt(document, "/onLoss"),
  });
}

function joinMapping(
  document: CompiledMapping["document"],
  policies: Policies,
  scopes: ReadonlyMap<string, CompiledScope>,
  entitlements: readonly CompiledEntitlement[],
  targets: readonly CompiledTarget[],
): CompiledMapping {
  const mapping = document.value;
  const scope = scopes.get(mapping.scope);
  if (scope === undefined) throw unknown("Scope", mapping.scope, document, "/scope");
  const lifecycle = policies.lifecycles.find((l) => l.value.name === mapping.lifecycle);
  if (lifecycle === undefined) throw unknown("Lifecycle", mapping.lifecycle, document, "/lifecycle");
  const parts = compileMapping(document);
  for (const rule of parts.attributes) {
    for (const path of accountPaths(rule)) {
      const target = splitAccountPath(path).target;
      if (target === null || targets.some((t) => t.name === target)) continue;
      throw unknown("Target", target, document, `/attributes/${rule.name}`);
    }
  }
  return {
    document,
    name: mapping.name,
    target: mapping.target,
    link: mapping.account === "provision" ? null : mapping.account.link,
    per: mapping.per ?? "person",
    scope,
    lifecycle: lifecycle.value,
    lifecycleDocument: lifecycle,
    entitlements: entitlements.filter((entitlement) => entitlement.target === mapping.target),
    ...parts,
  };
}

/** Mappings whose rules read `target:T.X` come after those of T; a circle is MUS-1106. Otherwise by name. */
function orderMappings(mappings: readonly CompiledMapping[]): CompiledMapping[] {
  const rest = [...mappings].sort((a, b) => compareText(a.name, b.name));
  const out: CompiledMapping[] = [];
  while (rest.length > 0) {
    const index = rest.findIndex((mapping) => {
      const reads = new Set(mapping.attributes.flatMap(accountPaths).map((path) => splitAccountPath(path).target));
      return rest.every((other) => other.target === mapping.target || !reads.has(other.target));
    });
    const next = rest[index];
    if (next === undefined) {
      throw new MusterError("MUS-1106", { what: `mappings ${rest.map((m) => m.name).join(", ")} read each other` });
    }
    rest.splice(index, 1);
    out.push(next);
  }
  return out;
}

function checkScopePaths(
  document: PolicyDocument<Scope>,
  scope: CompiledScope,
  sources: readonly PolicyDocument<Source>[],
): MusterError[] {
  return scope.paths.flatMap(({ path, line, column }) =>
    checkPaths({ [path]: { file: document.file, line, column } }, sources),
  );
}

function unknown(
  kind: string,
  name: string,
  from: PolicyDocument<{ name: string; kind: string }>,
  pointer: string,
): MusterError {
  return new MusterError("MUS-1102", {
    what: `${from.value.kind} ${from.value.name} names the ${kind} "${name}", which does not exist`,
    where: whereAt(from, pointer),
  });
}

function noEnvironment(policies: Policies, environment: string): MusterError {
  const names = policies.environments.map((document) => document.value.name).join(", ");
  return new MusterError("MUS-1102", {
    what: `there is no Environment "${environment}"`,
    next: names === "" ? "Add an Environment to policies/." : `Choose one of: ${names}.`,
  });
}
