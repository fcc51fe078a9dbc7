/** Checks of a compiled mapping that need no worker: paths that no source maps, and what the target cannot do. */
import type { Source } from "../model/files/index.js";
import type { PolicyDocument } from "../model/policy.js";
import { normalizeDn } from "../support/dn.js";
import { MusterError, type Where } from "../support/errors.js";
import { nearestWord } from "../support/nearest.js";
import { accountPaths, expressionsOf, lineAt } from "./compile-mapping.js";
import type { CompiledAttribute, CompiledEntitlement, CompiledMapping, CompiledTarget } from "./compiled.js";
import { isAccountPath } from "./compiled.js";
import { CONSISTENCY_GUID, stampsGuid } from "./consistency-guid.js";

/** Paths that exist for every worker, whatever the source maps. */
const ALWAYS = ["source", "id", "type", "timezone", "employment.from", "employment.lastDay"];

/** MUS-1104 for each path that no source maps. Without any Source (workers from elsewhere) nothing can be said. */
export function checkPaths(
  places: Readonly<Record<string, Where>>,
  sources: readonly PolicyDocument<Source>[],
): MusterError[] {
  if (sources.length === 0) return [];
  const known = mappedPaths(sources);
  return Object.entries(places)
    .filter(([path]) => !isAccountPath(path) && !known.has(path))
    .map(([path, where]) => {
      const near = nearestWord(path, known);
      return new MusterError("MUS-1104", {
        what: `no source maps [${path}]`,
        where,
        ...(near === undefined ? {} : { next: `Did you mean [${near}]? Otherwise map the path in a Source.` }),
      });
    });
}

const known = new WeakMap<readonly PolicyDocument<Source>[], Set<string>>();

function mappedPaths(sources: readonly PolicyDocument<Source>[]): Set<string> {
  const cached = known.get(sources);
  if (cached !== undefined) return cached;
  const paths = new Set(ALWAYS);
  for (const source of sources) {
    for (const [key, value] of Object.entries(source.value.worker)) {
      if (key === "employment" || value === undefined) continue;
      if ("value" in value || "constant" in value) paths.add(key);
      else for (const part of Object.keys(value)) paths.add(`${key}.${part}`);
    }
  }
  known.set(sources, paths);
  return paths;
}

export function checkMapping(
  mapping: CompiledMapping,
  targets: readonly CompiledTarget[],
  sources: readonly PolicyDocument<Source>[],
): MusterError[] {
  const file = mapping.document.file;
  const errors = mapping.attributes
    .flatMap(expressionsOf)
    .flatMap((expression) => checkPaths(expression.places, sources));
  for (const match of mapping.match) {
    const where = { file, line: match.line };
    errors.push(...checkPaths(match.expression.places, sources));
    if (match.expression.paths.some(isAccountPath)) {
      errors.push(new MusterError("MUS-1110", { what: `match reads [account.*]: it works over HR data only`, where }));
    }
  }
  for (const place of Object.values(mapping.container)) {
    errors.push(...checkPaths(place.expression?.places ?? {}, sources));
    if (place.expression?.paths.some(isAccountPath)) {
      const where = { file, line: place.line };
      errors.push(
        new MusterError("MUS-1110", { what: "container reads [account.*]: it works over HR data only", where }),
      );
    }
  }
  const target = targets.find((t) => t.name === mapping.target);
  if (target !== undefined) errors.push(...checkCapabilities(mapping, target), ...checkDeferred(mapping));
  return errors;
}

function checkCapabilities(mapping: CompiledMapping, target: CompiledTarget): MusterError[] {
  const { capabilities } = target;
  const errors: MusterError[] = [];
  const refuse = (what: string, pointer: string) =>
    errors.push(
      new MusterError("MUS-1109", {
        what,
        where: { file: mapping.document.file, line: lineAt(mapping.document, pointer) },
      }),
    );
  for (const name of mapping.link === null ? capabilities.required : []) {
    if (!mapping.attribute.has(name))
      refuse(`mapping ${mapping.name} does not map ${name}, which ${target.name} needs`, "");
  }
  if (capabilities.containers === "none" && Object.keys(mapping.container).length > 0) {
    refuse(`${target.name} has no containers`, "/container");
  }
  if (capabilities.containers === "dn" && mapping.container.default === undefined) {
    refuse(`mapping ${mapping.name} has no default container`, "/container");
  }
  for (const rule of mapping.attributes) {
    const pointer = `/attributes/${rule.name}`;
    if (rule.reference !== null && !capabilities.references.includes(rule.name)) {
      refuse(`${rule.name} is not a reference in ${target.name}`, pointer);
    }
    const why = capabilities.readOnly?.[rule.name.toLowerCase()];
    if (why !== undefined) refuse(`${rule.name} cannot be mapped: ${why}`, pointer);
    if (stampsGuid(target) && rule.name.toLowerCase() === CONSISTENCY_GUID.toLowerCase())
      refuse(`${target.name} stamps ${CONSISTENCY_GUID} itself`, pointer);
    if (rule.primary && !readsAddress(mapping, target, rule))
      refuse(`${rule.name}: primary must be an address that ${target.name} allots, such as '[account.mail]'`, pointer);
    if (rule.primary && capabilities.addressLists?.includes(rule.name) !== true)
      refuse(`${rule.name} is not a list of addresses in ${target.name}`, pointer);
    if (rule.name === target.document.value.claim) refuse(`${rule.name} holds the claim of ${target.name}`, pointer);
    if (capabilities.naming.includes(rule.name) && rule.unique === null) {
      refuse(`${rule.name} is a name in ${target.name}: it needs a unique rule`, pointer);
    }
  }
  return errors;
}

/** Only an allotted address is known to be nobody else's. */
function readsAddress(mapping: CompiledMapping, target: CompiledTarget, rule: CompiledAttribute): boolean {
  const [path, ...more] = rule.rule?.expression?.paths ?? [];
  const name = path?.startsWith("account.") === true ? path.slice("account.".length) : "";
  const isAddress = target.capabilities.spaces[name] === "address";
  return more.length === 0 && isAddress && mapping.attribute.get(name)?.unique != null;
}

/** A deferred rule may read names and plain values, not another deferred value: one pass is enough then. */
function checkDeferred(mapping: CompiledMapping): MusterError[] {
  return mapping.attributes.flatMap((rule) =>
    accountPaths(rule)
      .filter((path) => path.startsWith("account."))
      .flatMap((path) => {
        const read = mapping.attribute.get(path.slice("account.".length));
        if (read === undefined || read.unique !== null || (!read.deferred && read.reference === null)) return [];
        const what = `${rule.name} reads [${path}], which is itself made from account values`;
        return [new MusterError("MUS-1110", { what, where: { file: rule.file, line: rule.line } })];
      }),
  );
}

/** Entitlements of one group must agree on who else may be in it: whoever reads only one of them would be misled. */
export function checkSharedGroups(
  entitlements: readonly CompiledEntitlement[],
  targets: readonly CompiledTarget[],
): MusterError[] {
  const first = new Map<string, CompiledEntitlement>();
  const hasDns = new Set(targets.filter((one) => one.capabilities.containers === "dn").map((one) => one.name));
  return entitlements.flatMap((entitlement) => {
    const { target, group, licence } = entitlement;
    const name = licence === null && hasDns.has(target) ? normalizeDn(group) : group.toLowerCase();
    const key = `${licence === null ? "group" : "licence"}|${target}|${name}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, entitlement);
    if (other === undefined || JSON.stringify(other.exclusive) === JSON.stringify(entitlement.exclusive)) return [];
    const where = { file: entitlement.document.file, line: lineAt(entitlement.document, "/membership") };
    const what = `entitlements ${other.name} and ${entitlement.name} name one group and disagree on membership`;
    const next =
      "One that says exclusive makes the group exclusive for all: write the same membership in each of them.";
    return [new MusterError("MUS-1110", { what, where, next })];
  });
}

/** A lifecycle task that no target of the lifecycle can do is a mistake; one that a single target cannot do is left out there. */
export function checkTasks(mappings: readonly CompiledMapping[], targets: readonly CompiledTarget[]): MusterError[] {
  const errors: MusterError[] = [];
  for (const document of new Set(mappings.map((mapping) => mapping.lifecycleDocument))) {
    const users = mappings.filter((mapping) => mapping.lifecycleDocument === document).map((mapping) => mapping.target);
    const can = new Set(targets.filter((t) => users.includes(t.name)).flatMap((t) => t.capabilities.tasks));
    for (const [stage, settings] of Object.entries(document.value)) {
      const asked = typeof settings === "object" && "tasks" in settings ? settings.tasks : undefined;
      const tasks: readonly string[] = asked ?? [];
      for (const task of tasks.filter((name) => !can.has(name))) {
        const what = `lifecycle ${document.value.name} asks for ${task}, which none of its targets can do`;
        const where = { file: document.file, line: lineAt(document, `/${stage}`) };
        errors.push(new MusterError("MUS-1109", { what, where }));
      }
    }
  }
  return errors;
}
