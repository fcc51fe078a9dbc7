/**
 * Whether each right that is needed is there, without trying it. The server's own verdicts are taken where it has them
 * (allowedChildClassesEffective, allowedAttributesEffective, MS-ADTS 3.1.1.4.5.5 and .7); extended rights, deletions and what
 * accounts of the future will inherit are read out of the security descriptors. Where neither can be read, a right is unknown.
 */
import type { Check } from "../../../model/check.js";
import { normalizeDn } from "../../../support/dn.js";
import { counted, ok, problem, unknown } from "../../doctor/findings.js";
import { inheritedBy, isGranted, type Requester } from "./access.js";
import { CLASS_GUIDS, type Grant, RIGHT_GUIDS } from "./grants.js";
import { type Sample, type Seen, seenBelow } from "./sample.js";
import type { Schema } from "./schema.js";
import { RIGHT } from "./security-descriptor.js";

export interface Judge {
  readonly sample: Sample;
  readonly requester: Requester | null;
  readonly schema: Schema;
  /** The lines that give a right to the account. */
  readonly linesOf: (grant: Grant) => readonly string[];
}

type Verdict = "yes" | "no" | "unknown";

/** Objects that are named in a finding. */
const NAMED = 3;

/** All of them; below a container that cannot be seen there is one finding, whatever is needed there. */
export function examineGrants(judge: Judge, grants: readonly Grant[]): Check[] {
  const isSeen = (grant: Grant) => objectsOf(judge.sample, grant).length > 0;
  const unseen = new Map<string, number>();
  for (const grant of grants) if (!isSeen(grant)) unseen.set(grant.dn, (unseen.get(grant.dn) ?? 0) + 1);
  return [
    ...grants.filter(isSeen).map((grant) => examineGrant(judge, grant)),
    ...[...unseen].map(([dn, count]) =>
      unknown("right", dn, `${counted(count, "right")} cannot be looked at: the container cannot be seen`),
    ),
  ];
}

function examineGrant(judge: Judge, grant: Grant): Check {
  const objects = objectsOf(judge.sample, grant);
  const verdicts = objects.map(({ seen, asParent }) => ({ seen, verdict: verdictOn(judge, grant, seen, asParent) }));
  const subject = grant.name === "" ? grant.dn : `${wordOf(grant)} ${grant.name}`;
  const missing = verdicts.filter(({ verdict }) => verdict === "no");
  const unclear = verdicts.filter(({ verdict }) => verdict === "unknown");
  const purpose = `for ${grant.purpose}`;
  if (missing.length > 0) {
    const names = missing.slice(0, NAMED).map(({ seen }) => seen.dn);
    const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : "";
    const part = missing.length === verdicts.length ? "" : ` (${missing.length} of ${verdicts.length} looked at)`;
    const what = `missing ${purpose} on ${names.join("; ")}${more}${part}`;
    return problem("right", subject, what, judge.linesOf(grant).join("\n"));
  }
  if (unclear.length > 0) {
    const what = `${purpose}: the server shows neither effective rights nor security descriptors`;
    return unknown("right", subject, what, "Try it in a test environment, or read the security tab of the container.");
  }
  const what = `granted ${purpose}, on ${counted(verdicts.length, "object")} looked at`;
  return { ...ok("right", subject, what), at: grant.dn };
}

function wordOf({ right }: Grant): string {
  if (right === "write") return "write";
  if (right === "extended") return "extended right";
  return right === "create-child" ? "create" : "delete";
}

/** On accounts and groups, and on containers as the parents of those that will be made there. */
function objectsOf(sample: Sample, grant: Grant): { readonly seen: Seen; readonly asParent: boolean }[] {
  const itself = (list: readonly Seen[]) => list.map((seen) => ({ seen, asParent: false }));
  if (grant.reach === "object")
    return itself(sample.others.filter((one) => normalizeDn(one.dn) === normalizeDn(grant.dn)));
  const containers = seenBelow(sample.containers, grant.dn);
  if (grant.reach === "tree") return itself(containers);
  const leaves = seenBelow(grant.reach === "users" ? sample.accounts : sample.groups, grant.dn);
  if (grant.reach === "groups" && leaves.length > 0) return itself(leaves);
  return [...itself(leaves), ...containers.map((seen) => ({ seen, asParent: true }))];
}

function verdictOn(judge: Judge, grant: Grant, seen: Seen, asParent: boolean): Verdict {
  const told = asParent ? undefined : toldBy(grant, seen);
  if (told !== undefined) return told ? "yes" : "no";
  const { requester } = judge;
  const types = typesOf(judge, grant);
  if (seen.descriptor === null || requester === null || types === null) return "unknown";
  const heir = grant.reach === "groups" ? "group" : "user";
  const inherited = inheritedBy(seen.descriptor, CLASS_GUIDS[heir] ?? "");
  const descriptor = asParent ? inherited : seen.descriptor;
  const request = { right: bitOf(grant), types, self: seen.sid };
  if (isGranted(descriptor, requester, request)) return "yes";
  // Deleting an account needs the right on its parent or on itself (MS-ADTS 3.1.1.5.5.4).
  const onItself =
    grant.right === "delete-child" && isGranted(inherited, requester, { right: RIGHT.delete, types: [] });
  return onItself ? "yes" : "no";
}

/** What no modify may write, and a modify DN needs the right to: not among the effective attributes, whoever asks. */
const SYSTEM_ONLY = ["name"];

/** The server's own verdict; undefined where it has none. */
function toldBy({ right, name }: Grant, { effective }: Seen): boolean | undefined {
  if (effective === null) return undefined;
  if (right === "create-child") return effective.classes.has(name.toLowerCase());
  if (right !== "write" || SYSTEM_ONLY.includes(name)) return undefined;
  return effective.attributes.has(name.toLowerCase());
}

function bitOf({ right }: Grant): number {
  const bits = { "create-child": RIGHT.createChild, "delete-child": RIGHT.deleteChild, write: RIGHT.writeProperty };
  return right in bits ? bits[right as keyof typeof bits] : RIGHT.controlAccess;
}

/** Null for an attribute whose GUIDs are not known. */
function typesOf({ schema }: Judge, { right, name }: Grant): readonly string[] | null {
  if (right === "write") return schema?.get(name.toLowerCase())?.guids ?? null;
  const guid = right === "extended" ? RIGHT_GUIDS[name] : CLASS_GUIDS[name];
  return guid === undefined ? null : [guid];
}
