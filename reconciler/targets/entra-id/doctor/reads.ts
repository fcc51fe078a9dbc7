/**
 * Each read of an observe, tried: the same address with the same properties, for as few objects as tell something. A page of
 * users is looked through for columns that are empty for everybody, since a lost permission looks like empty data.
 */
import type { Check } from "../../../model/check.js";
import type { Selection } from "../../../model/observed.js";
import { MusterError } from "../../../support/errors.js";
import { counted, ok, problem, unknown, warning } from "../../doctor/findings.js";
import { hasValue } from "../columns.js";
import { type GraphFailure, isFailure } from "../failure.js";
import { GROUP_PROPERTIES } from "../groups.js";
import { readAll } from "../pages.js";
import { type GraphPath, path, withQuery } from "../paths.js";
import { permissionsToRead } from "../permissions.js";
import { type Place, requireId } from "../place.js";
import { type GraphObject, rawValue, selectOf } from "../properties.js";
import { expandOf, findClaimed, requireSelected, wantedProperties } from "../read.js";
import { latestLinks } from "../remember.js";
import { grantIt, type Patient, questionOf, type Sample } from "./patient.js";

/** Users that are looked at; a page of this size costs no more units than one of twenty. */
const USERS = 100;
/** Of fewer, all may lack a property in the ordinary way. */
const ENOUGH = 5;

export interface Tried {
  readonly checks: readonly Check[];
  readonly sample: Sample;
}

export async function tryReads(patient: Patient): Promise<Tried> {
  const { place, needs } = patient;
  const checks: Check[] = [];
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      const found = await read();
      checks.push(ok("read", what, "can be read"));
      return found;
    } catch (error) {
      checks.push(refusedRead(patient, what, error));
      return null;
    }
  };
  const selection = selectionOf(patient);
  const users = await attempt("users", () => readSomeUsers(place, selection));
  await attempt("groups", () => firstOf(place, path`/groups`, GROUP_PROPERTIES));
  const roleAssignments = await attempt("role assignments", () =>
    readAll(place.graph, path`/roleManagement/directory/roleAssignments`),
  );
  const skus = selection.licences === undefined ? null : await attempt("subscriptions", () => readSubscriptions(place));
  const units = questionOf(patient).managesUnits
    ? await attempt("administrative units", () => readUnitsOf(place))
    : null;
  if (needs.verbs.includes("restore"))
    await attempt("deleted users", () =>
      firstOf(place, path`/directory/deletedItems/microsoft.graph.user`, "id,displayName,onPremisesSyncEnabled"),
    );
  await attempt("changes (delta)", () => latestLinks(place, selection));
  if (needs.verbs.includes("create"))
    await attempt(`users by ${place.claim}`, () => findClaimed(place, "muster-doctor"));
  if (users !== null) checks.push(...examineColumns(place, users, selection.attributes));
  return { checks, sample: { users, roleAssignments, skus, units } };
}

function selectionOf({ needs }: Patient): Selection {
  const { licences = [] } = needs;
  return {
    attributes: needs.attributes.map(({ name }) => name),
    groups: [],
    ...(licences.length > 0 ? { licences } : {}),
  };
}

function refusedRead({ place, needs, claims }: Patient, what: string, error: unknown): Check {
  if (isFailure(error)) {
    const properties = needs.attributes.map(({ name }) => name);
    const needed = error.meaning === "forbidden" ? permissionsToRead(error.request.template, properties) : [];
    const missing = needed.filter((name) => !claims.roles?.includes(name));
    const remedy =
      missing.length > 0
        ? grantIt(place.target, missing.join(" and "))
        : "Run it again; where it stays so, give the request id to Microsoft's support.";
    return problem("read", what, `refused: ${nameOf(error)}`, remedy);
  }
  if (!(error instanceof MusterError)) throw error;
  return problem("read", what, error.what, error.next);
}

function nameOf({ request, status, code }: GraphFailure): string {
  return `${request.method} ${request.template}, ${status} ${code}, request ${request.requestId}`;
}

/** One object, or none, of a listing. */
export async function firstOf(place: Place, listing: GraphPath, select: string): Promise<GraphObject | null> {
  const body = (await place.graph.get(withQuery(listing, { $select: select, $top: "1" }))) as GraphObject;
  return listOf(body, listing.template)[0] ?? null;
}

async function readSomeUsers(place: Place, selection: Selection): Promise<readonly GraphObject[]> {
  const properties = wantedProperties(place, selection);
  const query = { $select: selectOf(properties), $expand: expandOf(properties), $top: String(USERS) };
  const body = (await place.graph.get(withQuery(path`/users`, query))) as GraphObject;
  const users = listOf(body, "/users");
  for (const user of users) requireSelected(place, user, properties);
  return users;
}

function listOf(body: GraphObject, template: string): readonly GraphObject[] {
  if (Array.isArray(body.value)) return body.value;
  throw new MusterError("MUS-5206", { what: `a page of ${template} holds no list` });
}

/** They do not come in pages of a size that can be asked for. */
function readSubscriptions(place: Place): Promise<readonly GraphObject[]> {
  return readAll(place.graph, path`/subscribedSkus`);
}

/** The units, and the members of one. */
async function readUnitsOf(place: Place): Promise<readonly GraphObject[]> {
  const query = { $select: "id,displayName,isMemberManagementRestricted" };
  const units = await readAll(place.graph, withQuery(path`/directory/administrativeUnits`, query));
  const [unit] = units;
  if (unit !== undefined)
    await firstOf(place, path`/directory/administrativeUnits/${requireId(unit.id)}/members`, "id");
  return units;
}

/** Every user has these: empty for all, they are hidden. */
const EVERYBODY_HAS = ["accountEnabled", "createdDateTime"];

/** `properties`: those that the policies name. */
export function examineColumns(
  place: Pick<Place, "target" | "claim">,
  users: readonly GraphObject[],
  properties: readonly string[],
): Check[] {
  if (users.length === 0)
    return [unknown("column", null, "there is no user to look at, so it is not known what is hidden")];
  const looked = counted(users.length, "user");
  const isEmpty = (name: string) => !users.some((user) => hasValue(rawValue(user, name)));
  const hidden = EVERYBODY_HAS.filter(isEmpty);
  if (hidden.length > 0) {
    const what = `${hidden.join(", ")} came empty for all ${looked} looked at, and everybody has it: the token shows basic profiles only`;
    return [problem("column", null, what, grantIt(place.target, "User.Read.All"))];
  }
  const empty = properties.filter(isEmpty);
  const isTelling = users.length >= ENOUGH && empty.length > 0;
  const rest = isTelling ? `; nobody has ${empty.join(", ")}, which is right until something has written it` : "";
  return [
    ok("column", null, `of ${looked} looked at, no property that everybody has is hidden${rest}`),
    ...examineClaim(place.claim, users),
  ];
}

/** Ours begin so (plan/match.ts). */
const OUR_CLAIM = /^muster-/;

function examineClaim(claim: string, users: readonly GraphObject[]): Check[] {
  const others = users.filter((user) => {
    const value = rawValue(user, claim);
    return typeof value === "string" && value !== "" && !OUR_CLAIM.test(value);
  });
  if (others.length === 0) return [ok("claim", claim, "holds nothing of anybody else")];
  const what = `holds something else on ${counted(others.length, "user")} of those looked at`;
  return [warning("claim", claim, what, "Name a property in claim that nothing else uses: creates write into it.")];
}
