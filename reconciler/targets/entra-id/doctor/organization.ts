/** The tenant as a whole: its clock, size, domains and synchronisation. */
import type { Check } from "../../../model/check.js";
import { GRAPH_WRITE_WINDOW_MS, GRAPH_WRITES } from "../../../support/limits.js";
import { compareClocks } from "../../doctor/clock.js";
import { ok, problem, unknown, warning } from "../../doctor/findings.js";
import { isFailure } from "../failure.js";
import { unitLimit } from "../pacer.js";
import { EVENTUAL, readAll } from "../pages.js";
import { path, withQuery } from "../paths.js";
import type { Place } from "../place.js";
import type { GraphObject } from "../properties.js";
import type { Patient, Sample } from "./patient.js";
import { firstOf } from "./reads.js";

/** Objects that a tenant with a verified domain may have by default; devices and deleted ones count too. */
const DEFAULT_QUOTA = 300_000;

/** How many users and groups there are, which decides the quota of requests; and the clock, by the reply's Date. */
export async function examineSize({ place, clock }: Patient): Promise<Check[]> {
  const before = clock.now();
  const users = await countOf(place, "users");
  const after = clock.now();
  const checks: Check[] = [];
  const theirs = Date.parse(users?.date ?? "");
  const remedy = "Synchronise the clock of this machine (NTP): tokens and assertions are good for minutes.";
  if (Number.isNaN(theirs)) checks.push(unknown("clock", null, "the reply does not tell the time"));
  else checks.push(compareClocks({ theirs, before, after, remedy }));
  const groups = await countOf(place, "groups");
  if (users === null || groups === null) return checks;
  place.graph.pacer.tenantHas(users.count);
  const quota = `${numeral(unitLimit(users.count))} resource units in 10 s, ${numeral(GRAPH_WRITES)} writes in ${GRAPH_WRITE_WINDOW_MS / 1000} s`;
  const what = `users ${numeral(users.count)}, groups ${numeral(groups.count)}: ${quota}`;
  if (users.count + groups.count < DEFAULT_QUOTA * 0.8) return [...checks, ok("size", null, what)];
  const near = `${what}; the directory may hold ${numeral(DEFAULT_QUOTA)} objects unless more was asked for`;
  return [
    ...checks,
    warning("size", null, near, "Look at the quota in the overview of the tenant before many creates."),
  ];
}

function numeral(count: number): string {
  return count.toLocaleString("en-GB");
}

async function countOf(place: Place, what: "users" | "groups") {
  const counting = what === "users" ? path`/users/$count` : path`/groups/$count`;
  try {
    const { body, headers } = await place.graph.send({ method: "GET", path: counting, headers: EVENTUAL });
    return { count: Number(body), date: headers.date };
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

/** The properties that are looked at; with few permissions all but the domains are null. Null: it may not be read. */
export async function readOrganization(place: Place): Promise<GraphObject | null> {
  const $select = "id,displayName,verifiedDomains,onPremisesSyncEnabled,onPremisesLastSyncDateTime";
  try {
    const [organization] = await readAll(place.graph, withQuery(path`/organization`, { $select }));
    return organization ?? null;
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

/** Domains that rules of names put behind the "@": verified in the tenant, and signed in to there. */
export function examineDomains({ needs }: Patient, organization: GraphObject | null, { users }: Sample): Check[] {
  const verified = domainsOf(organization);
  const inUse = new Set((users ?? []).map(({ userPrincipalName }) => domainOf(userPrincipalName)));
  const isAnchored = needs.attributes.some(({ name }) => name === "onPremisesImmutableId");
  return (needs.domains ?? []).map((domain) => {
    const type = verified?.get(domain);
    if (type === "Federated" && needs.verbs.includes("create") && !isAnchored) {
      const remedy = "Use another domain, or map onPremisesImmutableId: sign-in to this one is somebody else's.";
      return problem("domain", domain, "is federated: a create without onPremisesImmutableId is refused", remedy);
    }
    if (type !== undefined) return ok("domain", domain, "is verified");
    if (verified !== null) {
      const remedy = `Verify it, or correct the rule. Verified are ${[...verified.keys()].join(", ")}.`;
      return problem("domain", domain, "is not verified in the tenant: names with it are refused", remedy);
    }
    if (inUse.has(domain)) return ok("domain", domain, "is in use");
    return unknown("domain", domain, "whether it is verified cannot be read", READ_MORE);
  });
}

const READ_MORE = "Organization.Read.All lets the doctor see it; nothing else of Muster needs that.";

function domainsOf(organization: GraphObject | null): ReadonlyMap<string, string> | null {
  const domains = organization?.verifiedDomains;
  if (!Array.isArray(domains)) return null;
  return new Map(domains.map(({ name, type }: GraphObject) => [String(name).toLowerCase(), String(type)]));
}

function domainOf(name: unknown): string {
  return typeof name === "string" ? name.slice(name.lastIndexOf("@") + 1).toLowerCase() : "";
}

/** From here on an account that is awaited is late (awaiting-sync). */
const LATE_MS = 3 * 3_600_000;
const MINUTE = 60_000;

/** Whether, and when last, Active Directory was synchronised into the tenant. */
export async function examineSync(
  { place, needs, claims, clock }: Patient,
  organization: GraphObject | null,
): Promise<Check[]> {
  const { onPremisesSyncEnabled: enabled, onPremisesLastSyncDateTime: last } = organization ?? {};
  if (enabled !== true) {
    if (needs.links !== true) return [];
    const isSeen = claims.roles?.some((name) => /^(Organization|Directory)\.Read/.test(name)) === true;
    return [isSeen && organization !== null ? NOT_SYNCED : await examineSyncedUsers(place)];
  }
  const age = typeof last === "string" ? clock.now() - Date.parse(last) : Number.NaN;
  if (Number.isNaN(age)) return [unknown("sync", null, "the tenant is synchronised; when last, it does not say")];
  const what = `synchronised from Active Directory, last ${ageOf(age)} ago`;
  const remedy = "Look at Entra Connect: until it runs, new accounts are awaited and leavers stay enabled here.";
  return [age > LATE_MS ? warning("sync", null, what, remedy) : ok("sync", null, what)];
}

const NOT_SYNCED = problem(
  "sync",
  null,
  "mappings link accounts, and the tenant is not synchronised from Active Directory",
  "Set up Entra Connect or cloud sync, or write account: provision.",
);

async function examineSyncedUsers(place: Place): Promise<Check> {
  const filter = { $filter: "onPremisesSyncEnabled eq true" };
  try {
    const user = await firstOf(place, withQuery(path`/users`, filter), "id,onPremisesSyncEnabled");
    // A filter that is not supported may be ignored silently.
    if (user?.onPremisesSyncEnabled !== true)
      return warning("sync", null, "mappings link accounts, and no user is synchronised yet", NOT_SYNCED.remedy ?? "");
    return unknown("sync", null, "some users are synchronised; when it ran last cannot be read", READ_MORE);
  } catch (error) {
    if (isFailure(error)) return unknown("sync", null, "whether the tenant is synchronised cannot be read", READ_MORE);
    throw error;
  }
}

function ageOf(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
