/** The whole examination, from the network up; it stops where nothing further can be seen. It writes nothing. */
import type { Check, DelegationStyle, Needs } from "../../../model/check.js";
import type { Clock } from "../../../model/ports.js";
import { isUnder, normalizeDn } from "../../../support/dn.js";
import { MusterError } from "../../../support/errors.js";
import { counted, ok, problem, unknown, warning } from "../../doctor/findings.js";
import { messageOf } from "../dial.js";
import { textOf, textsOf } from "../read.js";
import type { Entry } from "../search.js";
import type { Server } from "../servers.js";
import type { Session } from "../session.js";
import { ask } from "./ask.js";
import { type AttributeGuid, dsaclsLines, linesFor, sambaAccount, sambaLine } from "./delegation.js";
import { DELETED_OBJECTS, type Grant, type Ground, grantsFor, readerGrants } from "./grants.js";
import { examinePrincipal, findPrincipal } from "./principal.js";
import { examineGrants, type Judge } from "./rights.js";
import { SAMPLE, type Sample, takeSample } from "./sample.js";
import { examineSchema, readSchema, type Schema } from "./schema.js";
import { examineClock, examineLevels, examineRecycleBin, ROOT_DSE } from "./server.js";
import { examineAddress } from "./tls.js";

export interface Patient {
  readonly session: Session;
  readonly servers: readonly Server[];
  readonly ground: Ground;
  readonly claim: string;
}

const WRITE_DAC_OR_OWNER = 0x7;

export async function examine(patient: Patient, needs: Needs, clock: Clock): Promise<Check[]> {
  const { session, servers } = patient;
  const { ca, insecureSkipVerify = false, connectTimeout = 10_000 } = session.options;
  const checks: Check[] = [];
  for (const server of servers)
    checks.push(...(await examineAddress(server, { ca, insecureSkipVerify, connectTimeout }, clock.now())));
  try {
    await session.open();
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return [...checks, problem("bind", null, error.what, error.next)];
  }
  try {
    return [...checks, ...(await examineInside(patient, needs, clock))];
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const what = `the examination ended early: ${messageOf(error)}`;
    return [...checks, problem("bind", null, what, "Run it again; where it stays so, look at the server's log.")];
  }
}

/** Comments and commands, for the account given or the one that the Target binds as. Samba's need the GUIDs of the schema. */
export async function writeDelegation(
  { session, ground, claim }: Patient,
  needs: Needs,
  style: DelegationStyle,
  account: string | null,
): Promise<string[]> {
  const user = account ?? session.options.user;
  const grants = grantsFor(needs, ground);
  if (style === "dsacls") return grants.flatMap((grant) => [`rem ${describe(grant)}`, ...dsaclsLines(grant, user)]);
  const [rootDse] = await ask(session, { base: "", scope: "base", attributes: ROOT_DSE });
  const schemaDn = (rootDse && textOf(rootDse, "schemaNamingContext")) ?? "";
  const schema = await readSchema(session, schemaDn, schemaNames(needs, claim, grants));
  const guidOf = guidsOf(session, schema);
  return [...sambaAccount(user), ...grants.flatMap((grant) => [`# ${describe(grant)}`, sambaLine(grant, guidOf)])];
}

function guidsOf(session: Session, schema: Schema): AttributeGuid {
  return (name) => {
    const [guid] = schema?.get(name.toLowerCase())?.guids ?? [];
    if (guid !== undefined) return guid;
    const where = { target: session.options.target };
    throw new MusterError("MUS-5004", { what: `the schema has no ${name}, so it cannot be delegated`, where });
  };
}

function describe({ right, name, purpose }: Grant): string {
  return `${right}${name === "" ? "" : ` ${name}`}: ${purpose}`;
}

async function examineInside({ session, ground, claim }: Patient, needs: Needs, clock: Clock): Promise<Check[]> {
  const principal = await findPrincipal(session, ground.base);
  const before = clock.now();
  const [rootDse] = await ask(session, { base: "", scope: "base", attributes: ROOT_DSE });
  const checks = examinePrincipal(principal);
  if (rootDse === undefined)
    checks.push(problem("level", null, "the rootDSE is empty", "Is this a domain controller?"));
  else {
    checks.push(...examineClock(rootDse, before, clock.now()), ...examineLevels(rootDse));
    checks.push(...(await examineRecycleBin(session, rootDse, needs)));
  }
  const grants = grantsFor(needs, ground);
  const schemaDn = (rootDse && textOf(rootDse, "schemaNamingContext")) ?? "";
  const schema = await readSchema(session, schemaDn, schemaNames(needs, claim, grants));
  checks.push(...examineSchema(schema, needs, claim));
  const sample = await takeSample(session, ground, needs.groups);
  const linesOf = linesOfServer(session, rootDse, schema);
  const judge: Judge = { sample, requester: principal.requester, schema, linesOf };
  checks.push(...examineContainers(sample, ground, needs), ...(await examineGroups(session, ground, needs)));
  checks.push(...(await examineReading(session, judge, ground, needs)));
  const examined = grants.filter(({ right }) => right !== "read" && right !== "list-deleted");
  return [...checks, ...examineGrants(judge, examined), ...examineExcess(judge, needs, ground)];
}

/** Samba says who made it (RFC 3045); Windows does not. An attribute without a GUID leaves the line of Windows. */
function linesOfServer(session: Session, rootDse: Entry | undefined, schema: Schema): Judge["linesOf"] {
  const isSamba = rootDse !== undefined && /^samba/i.test(textOf(rootDse, "vendorName") ?? "");
  const { user } = session.options;
  return (grant) => {
    const isKnown = grant.right !== "write" || schema?.has(grant.name.toLowerCase()) === true;
    return linesFor(grant, user, isSamba && isKnown ? guidsOf(session, schema) : null);
  };
}

function schemaNames(needs: Needs, claim: string, grants: readonly Grant[]): string[] {
  const written = grants.filter(({ right }) => right === "write").map(({ name }) => name);
  return [...new Set([...needs.attributes.map(({ name }) => name), claim, ...written])];
}

export function examineContainers(sample: Sample, ground: Ground, needs: Needs): Check[] {
  const seen = new Set([...sample.containers, ...sample.others].map((one) => normalizeDn(one.dn)));
  const managed = needs.containers.filter((dn) => ground.accounts.some((base) => isUnder(dn, base)));
  const isShort = sample.containers.length >= SAMPLE.containers;
  const expected = [ground.base, ...ground.accounts, ...ground.groups, ...(isShort ? [] : managed)];
  const missing = [...new Set(expected)].filter((dn) => !seen.has(normalizeDn(dn)));
  const looked = `looked at ${counted(sample.containers.length, "container")}, ${counted(sample.accounts.length, "account")} (up to ${SAMPLE.accounts} of each container), ${counted(sample.groups.length, "group")}`;
  return [...missing.map((dn) => examineMissing(dn, ground, needs)), ok("container", null, looked)];
}

/** Organizational units below a managed container are made where the Target says so. */
function examineMissing(dn: string, { accounts }: Ground, { makesContainers, role }: Needs): Check {
  const what = "is not there, or may not be seen";
  const canBeMade =
    /^ou=/i.test(dn) && accounts.some((top) => isUnder(dn, top) && normalizeDn(dn) !== normalizeDn(top));
  if (canBeMade && makesContainers)
    return ok("container", dn, `${what}; where it is not, the first account that belongs there has it made`);
  const made = canBeMade ? "let Muster make it (createContainers: true in the Target), " : "";
  return problem("container", dn, what, `Create it, ${made}correct the policy, or let the ${role} read it.`);
}

/** Groups that entitlements name: there, groups, and in a container whose groups are written. */
async function examineGroups(session: Session, ground: Ground, needs: Needs): Promise<Check[]> {
  const checks: Check[] = [];
  for (const dn of needs.groups) {
    const [entry] = await ask(session, { base: dn, scope: "base", attributes: ["objectClass"] }).catch(() => []);
    const classes = entry === undefined ? null : textsOf(entry, "objectClass").map((name) => name.toLowerCase());
    checks.push(...examineGroup(dn, classes, ground));
  }
  const good = needs.groups.length - checks.length;
  return good === 0 ? checks : [...checks, ok("group", null, `${counted(good, "group")} of entitlements looked at`)];
}

/** `classes` in lower case; null: there is no such object. */
export function examineGroup(dn: string, classes: readonly string[] | null, { groups }: Ground): Check[] {
  if (classes === null) {
    const remedy =
      "Create it, correct the Entitlement, or let the account read it. A group that was renamed goes on under its objectGUID: correct its name.";
    return [problem("group", dn, "is not there under this name, or may not be seen", remedy)];
  }
  if (!classes.includes("group")) return [problem("group", dn, "is not a group", "Correct the Entitlement.")];
  if (groups.some((top) => isUnder(dn, top))) return [];
  const remedy = "Add its container to managed.groups of the Target, or take it out of the Entitlement.";
  return [problem("group", dn, "lies outside managed.groups, so nobody is added or removed", remedy)];
}

/** What every run reads; and deleted objects, which only the Recycle Bin and incremental reads need. */
async function examineReading(
  session: Session,
  { sample, linesOf }: Judge,
  ground: Ground,
  needs: Needs,
): Promise<Check[]> {
  const [everything, deletions] = readerGrants(ground).map((grant) => linesOf(grant).join("\n"));
  const seen = [...sample.accounts, ...sample.groups];
  const hidden = seen.filter((one) => !one.readable);
  const what = `objectGUID or userAccountControl of ${hidden[0]?.dn ?? ""} cannot be read`;
  const checks: Check[] = [];
  if (hidden.length > 0) checks.push(problem("read", null, what, everything ?? ""));
  else if (seen.length === 0) checks.push(unknown("read", null, "there is no account and no group to look at"));
  else checks.push(ok("read", null, "accounts and groups can be read"));
  const base = `${DELETED_OBJECTS},${ground.domain}`;
  const question = { base, scope: "base", attributes: ["objectGUID"], showDeleted: true } as const;
  const [deleted] = await ask(session, question).catch(() => []);
  if (deleted?.values.has("objectguid") === true) return [...checks, ok("read", base, "can be read")];
  const lines = deletions ?? "";
  if (needs.verbs.includes("restore") && needs.role === "writer")
    return [...checks, problem("read", base, "cannot be read, so nothing can be restored", lines)];
  const run = needs.role === "writer" ? "apply" : "plan";
  return [...checks, warning("read", base, `cannot be read: every ${run} reads the whole directory`, lines)];
}

/** More than the role needs. */
function examineExcess(judge: Judge, needs: Needs, ground: Ground): Check[] {
  const { sample } = judge;
  if (sample.containers.length === 0)
    return [unknown("excess", null, "there is no container to look at, so it is not known what is too much")];
  if (sample.containers.every(({ effective }) => effective === null))
    return [unknown("excess", null, "the server does not show effective rights, so it is not known what is too much")];
  const owned = sample.containers.filter(({ mayChange }) => (mayChange & WRITE_DAC_OR_OWNER) !== 0);
  const checks: Check[] = [];
  if (owned.length > 0) {
    const what = `the account may change who has rights on ${owned[0]?.dn ?? ""} (${counted(owned.length, "container")})`;
    checks.push(
      warning("excess", null, what, "Take WRITE_DAC and WRITE_OWNER away; delegate what --delegation prints."),
    );
  }
  if (needs.role === "reader") {
    const writable = [...sample.accounts, ...sample.groups].find(
      ({ effective }) => effective?.attributes.has("useraccountcontrol") || effective?.attributes.has("member"),
    );
    const creating = sample.containers.find(
      ({ effective, dn }) => effective?.classes.has("user") && ground.accounts.some((base) => isUnder(dn, base)),
    );
    const at = writable ?? creating;
    if (at !== undefined) {
      const remedy = "Use an account of its own for reading; only the job that applies needs the writer.";
      checks.push(warning("excess", null, `the reader may write: ${at.dn}`, remedy));
    }
  }
  return checks.length > 0 ? checks : [ok("excess", null, "no right that was looked at is too much")];
}
