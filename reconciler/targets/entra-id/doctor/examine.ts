/**
 * The whole examination, from the network up; it stops where nothing further can be seen. It writes nothing: requests to
 * Graph are GETs, batches of GETs among them, and whether a write would be allowed is told by the token.
 */
import type { Check, Needs } from "../../../model/check.js";
import type { Clock } from "../../../model/ports.js";
import { MusterError } from "../../../support/errors.js";
import { problem, unknown } from "../../doctor/findings.js";
import type { Credential } from "../credentials.js";
import { isFailure } from "../failure.js";
import type { Place } from "../place.js";
import { requireProperties } from "../properties.js";
import { type RoleNames, readRoleNames } from "../roles.js";
import type { TokenSource } from "../token.js";
import { examineGroups, examineLicences, examineUnits } from "./groups.js";
import { examineDomains, examineSize, examineSync, readOrganization } from "./organization.js";
import type { Patient } from "./patient.js";
import { examineReach } from "./reach.js";
import { tryReads } from "./reads.js";
import { examinePermissions, examineRoles } from "./rights.js";
import { examineCredential, signIn } from "./sign-in.js";
import { readClaims } from "./token-claims.js";

export interface Practice {
  readonly credential: Credential;
  readonly tokens: TokenSource;
  /** https addresses that must answer: the authority and Graph. */
  readonly addresses: readonly string[];
  /** PEM of the authority to trust for TLS. */
  readonly ca: string | undefined;
  /** Not signed in yet. */
  readonly place: Place;
}

export async function examineTenant(practice: Practice, needs: Needs, clock: Clock): Promise<Check[]> {
  const { credential, tokens, addresses, ca, place } = practice;
  const checks: Check[] = [];
  for (const url of new Set(addresses)) checks.push(...(await examineReach(url, { ca }, clock.now())));
  checks.push(...examineCredential(credential, clock.now()));
  const { token, check } = await signIn(tokens, credential);
  checks.push(check);
  if (token === null) return checks;
  const patient = { place, needs, claims: readClaims(token), clock };
  try {
    return [...checks, ...(await examineInside(patient))];
  } catch (error) {
    if (!(error instanceof MusterError) && !isFailure(error)) throw error;
    const what = `the examination ended early: ${error.message}`;
    return [
      ...checks,
      problem("sign-in", null, what, "Run it again; where it stays so, look at the address of Graph."),
    ];
  }
}

async function examineInside(patient: Patient): Promise<Check[]> {
  const { place, needs } = patient;
  const permissions = examinePermissions(patient);
  const size = await examineSize(patient);
  const unknownNames = examineNames(patient);
  if (unknownNames !== null) return [...size, ...permissions, unknownNames];
  const { checks: reads, sample } = await tryReads(patient);
  const roles = examineRoles(patient, sample.roleAssignments, await readNames(place));
  const organization = await readOrganization(place);
  return [
    ...size,
    ...permissions,
    ...roles,
    ...reads,
    ...(await examineGroups(patient)),
    ...examineLicences(patient, sample.skus),
    ...examineUnits(patient, sample.units),
    ...examineDomains(patient, organization, sample),
    ...(await examineSync(patient, organization)),
    ...examinePasses(needs),
  ];
}

/** Properties that Graph does not have: every read would be refused. */
function examineNames({ place, needs }: Patient): Check | null {
  try {
    requireProperties(place.target, [...needs.attributes.map(({ name }) => name), place.claim]);
    return null;
  } catch (error) {
    if (error instanceof MusterError) return problem("schema", null, error.what, error.next);
    throw error;
  }
}

async function readNames(place: Place): Promise<RoleNames> {
  try {
    return await readRoleNames(place);
  } catch (error) {
    if (isFailure(error)) return {};
    throw error;
  }
}

/** The policy of authentication methods takes a permission that nothing else of Muster needs. */
function examinePasses({ role, tasks }: Needs): Check[] {
  if (role === "reader" || !tasks.includes("temporary-access-pass")) return [];
  const what = "whether the tenant allows temporary access passes cannot be read";
  const remedy =
    "Look at Authentication methods, Policies, Temporary Access Pass: it must be enabled for the people it is for.";
  return [unknown("pass", null, what, remedy)];
}
