/** Groups, licences and administrative units that policies name: there, and of a kind that can be written. */
import type { Check } from "../../../model/check.js";
import { counted, ok, problem, unknown, warning } from "../../doctor/findings.js";
import { type BatchItem, sendBatch } from "../batch.js";
import { GROUP_PROPERTIES, isManagedGroup, obstacleOf } from "../groups.js";
import { odataText, path, withQuery } from "../paths.js";
import { isId, managesTenant, type Place } from "../place.js";
import type { GraphObject } from "../properties.js";
import type { Patient } from "./patient.js";

/** Groups of entitlements, and those that `managed.groups` names. */
export async function examineGroups({ place, needs }: Patient): Promise<Check[]> {
  const { groups } = place.managed;
  const managed = managesTenant(groups) ? [] : (groups ?? []);
  const names = [...new Set([...needs.groups, ...managed])];
  const found = await findGroups(place, names);
  const checks: Check[] = [];
  for (const name of needs.groups) checks.push(...examineGroup(place, name, found.get(name) ?? null));
  for (const name of managed.filter((one) => !needs.groups.includes(one)))
    if (found.get(name)?.length === 0)
      checks.push(warning("group", name, "managed.groups names it, and it is not there", "Correct managed.groups."));
  const good = needs.groups.length - checks.filter(({ level }) => level !== "warning").length;
  return good <= 0
    ? checks
    : [...checks, ok("group", null, `${counted(good, "group")} of entitlements can be written`)];
}

/** All groups with each name, or with the id; null: it could not be asked for. */
async function findGroups(
  place: Place,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly GraphObject[] | null>> {
  const items = names.map((name): BatchItem => {
    const query = { $select: GROUP_PROPERTIES };
    if (isId(name)) return { method: "GET", path: withQuery(path`/groups/${name}`, query) };
    const filter = `displayName eq ${odataText(name)}`;
    return { method: "GET", path: withQuery(path`/groups`, { $filter: filter, ...query }) };
  });
  const answers = items.length === 0 ? [] : await sendBatch(place.graph, items);
  return new Map(
    names.map((name, index) => {
      const answer = answers[index];
      if (answer === undefined || (!answer.ok && answer.failure.meaning !== "gone")) return [name, null];
      if (!answer.ok) return [name, []];
      const body = answer.body as GraphObject;
      if (isId(name)) return [name, [body]];
      // A filter that is not supported may be ignored silently.
      const listed: readonly GraphObject[] = Array.isArray(body.value) ? body.value : [];
      return [name, listed.filter(({ displayName }) => String(displayName).toLowerCase() === name.toLowerCase())];
    }),
  );
}

/** `found`: the groups with this name; null: it could not be asked for. Nothing where all is well. */
export function examineGroup(place: Place, name: string, found: readonly GraphObject[] | null): Check[] {
  if (found === null) return [unknown("group", name, "it could not be asked for")];
  const [group] = found;
  if (group === undefined)
    return [
      problem("group", name, "is not there", "Create it, or correct the Entitlement: the display name, or the id."),
    ];
  if (found.length > 1) {
    const remedy = `Name it by its id in the Entitlement: ${found.map(({ id }) => String(id)).join(", ")}.`;
    return [problem("group", name, `is the name of ${found.length} groups, so nothing is planned`, remedy)];
  }
  const obstacle = obstacleOf(group);
  if (obstacle !== null) {
    const remedy = "Name a cloud group with assigned members in the Entitlement, or let whoever decides do it.";
    return [problem("group", name, `nobody is added or removed: ${obstacle}`, remedy)];
  }
  if (isManagedGroup(place, group, String(group.id))) return [];
  const remedy = "Add it to managed.groups of the Target, or take it out of the Entitlement.";
  return [problem("group", name, "is not among managed.groups, so nobody is added or removed", remedy)];
}

/** `skus` null: they could not be read, which is a finding of its own. */
export function examineLicences({ needs }: Patient, skus: readonly GraphObject[] | null): Check[] {
  if (skus === null) return [];
  return (needs.licences ?? []).flatMap((name) => examineLicence(name, skus, needs.disabledPlans?.[name] ?? []));
}

function examineLicence(name: string, skus: readonly GraphObject[], disabled: readonly string[]): Check[] {
  const sku = skus.find(({ skuId, skuPartNumber }) => isNamed(name, skuId, skuPartNumber));
  if (sku === undefined) {
    const has = skus.map(({ skuPartNumber }) => String(skuPartNumber)).sort();
    const remedy = `Correct the Entitlement. The tenant has ${has.length === 0 ? "none" : has.join(", ")}.`;
    return [problem("licence", name, "the tenant does not have it", remedy)];
  }
  const plans: readonly GraphObject[] = Array.isArray(sku.servicePlans) ? sku.servicePlans : [];
  const missing = disabled.filter(
    (plan) => !plans.some(({ servicePlanId, servicePlanName }) => isNamed(plan, servicePlanId, servicePlanName)),
  );
  const checks = missing.map((plan) => {
    const has = plans.map(({ servicePlanName }) => String(servicePlanName)).sort();
    return problem("licence", name, `has no service plan ${plan}`, `Correct disabledPlans. It has ${has.join(", ")}.`);
  });
  return [...checks, examineSeats(name, sku)];
}

function examineSeats(name: string, { prepaidUnits, consumedUnits, capabilityStatus }: GraphObject): Check {
  const { enabled = 0, warning: grace = 0 } = (prepaidUnits ?? {}) as Readonly<Record<string, number>>;
  const seats = enabled + grace;
  const free = seats - Number(consumedUnits);
  const what = `${free} of ${counted(seats, "seat")} free`;
  if (capabilityStatus !== "Enabled")
    return warning("licence", name, `its subscription is ${String(capabilityStatus)}; ${what}`, "Renew it.");
  if (free > 0) return ok("licence", name, what);
  return warning("licence", name, `${what}: a plan that assigns it is refused`, "Buy more, or take it from somebody.");
}

function isNamed(name: string, ...names: readonly unknown[]): boolean {
  return names.some((one) => typeof one === "string" && one.toLowerCase() === name.toLowerCase());
}

/** Units that `managed.accounts` names; `units` null: they could not be read. */
export function examineUnits({ place, needs }: Patient, units: readonly GraphObject[] | null): Check[] {
  const names = place.managed.accounts;
  if (units === null || managesTenant(names)) return [];
  return names.map((name) => {
    const found = units.filter(({ id, displayName }) => isNamed(name, id, displayName));
    const [unit] = found;
    if (unit === undefined)
      return problem("unit", name, "there is no such administrative unit", "Correct managed.accounts, or create it.");
    if (found.length > 1) {
      const ids = found.map(({ id }) => String(id)).join(", ");
      return problem("unit", name, `is the name of ${found.length} units`, `Name it by its id: ${ids}.`);
    }
    if (unit.isMemberManagementRestricted === true && needs.role === "writer") {
      const remedy = "Name a unit that is not restricted: permissions of an application do not count in one that is.";
      return problem("unit", name, "is restricted: nobody in it can be written", remedy);
    }
    return ok("unit", name, "is there");
  });
}
