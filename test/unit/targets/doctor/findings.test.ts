/** What the examination says of parts that need no server. */
import { describe, expect, test } from "vitest";
import type { Needs } from "../../../../reconciler/model/check.js";
import { linesFor } from "../../../../reconciler/targets/active-directory/doctor/delegation.js";
import { examineContainers, examineGroup } from "../../../../reconciler/targets/active-directory/doctor/examine.js";
import type { Grant, Ground } from "../../../../reconciler/targets/active-directory/doctor/grants.js";
import type { Seen } from "../../../../reconciler/targets/active-directory/doctor/sample.js";
import { examineSchema, type Schema } from "../../../../reconciler/targets/active-directory/doctor/schema.js";

const BASE = "DC=corp,DC=example";
const PEOPLE = `OU=People,${BASE}`;
const GROUPS = `OU=Groups,${BASE}`;
const GRAZ = `OU=Graz,${PEOPLE}`;
const ground: Ground = { base: BASE, domain: BASE, accounts: [PEOPLE], groups: [GROUPS] };
const seen = (dn: string): Seen => ({
  dn,
  descriptor: null,
  effective: null,
  sid: undefined,
  readable: true,
  mayChange: 0,
});

function containersWith(makesContainers: boolean, there: readonly string[], containers = [GRAZ]) {
  const needs = { role: "reader", makesContainers, containers } as unknown as Needs;
  const sample = { containers: there.map(seen), accounts: [], groups: [], others: [seen(BASE)] };
  return examineContainers(sample, ground, needs).filter(({ subject }) => subject !== null);
}

describe("a container that is not there", () => {
  test("is a problem, for which createContainers is one of the ways out", () => {
    const [check] = containersWith(false, [PEOPLE, GROUPS]);
    expect(check).toMatchObject({ level: "problem", subject: GRAZ });
    expect(check?.remedy).toContain("createContainers: true");
  });

  test("is none where the Target says that it is made", () => {
    expect(containersWith(true, [PEOPLE, GROUPS])).toMatchObject([{ level: "ok", subject: GRAZ }]);
  });

  test.each([
    ["a managed container itself", [GROUPS], [], PEOPLE],
    ["what is no organizational unit", [PEOPLE, GROUPS], [`CN=Box,${PEOPLE}`], `CN=Box,${PEOPLE}`],
  ])("is never made where it is %s", (_, there, containers, subject) => {
    const [check] = containersWith(true, there, containers);
    expect(check).toMatchObject({ level: "problem", subject });
    expect(check?.remedy).not.toContain("createContainers");
  });
});

describe("a group that an entitlement names", () => {
  test.each([
    ["is there", `CN=Sales,${GROUPS}`, ["top", "group"], null],
    ["is not there", `CN=Sales,${GROUPS}`, null, "not there"],
    ["is a contact", `CN=Sales,${GROUPS}`, ["top", "contact"], "not a group"],
    ["lies elsewhere", `CN=Sales,CN=Users,${BASE}`, ["top", "group"], "outside managed.groups"],
  ])("%s", (_, dn, classes, what) => {
    const checks = examineGroup(dn, classes, ground);
    expect(checks).toMatchObject(
      what === null ? [] : [{ level: "problem", topic: "group", subject: dn, what: expect.stringContaining(what) }],
    );
  });
});

test("a claim attribute that is not indexed needs nobody, one that is too short does", () => {
  const row = { name: "employeeNumber", guids: [], single: true, rangeUpper: 512, indexed: false };
  const needs = { attributes: [] } as unknown as Needs;
  const levels = (change: object) => {
    const schema: Schema = new Map([["employeenumber", { ...row, ...change }]]);
    return examineSchema(schema, needs, "employeeNumber").filter(({ topic }) => topic === "claim");
  };
  expect(levels({})).toMatchObject([{ level: "ok", what: expect.stringContaining("not indexed") }]);
  expect(levels({ rangeUpper: 16 })).toMatchObject([{ level: "problem" }]);
});

describe("the line that gives a right", () => {
  const grant: Grant = { dn: PEOPLE, reach: "users", right: "write", name: "title", purpose: "update" };
  const deletions: Grant = { ...grant, right: "list-deleted", reach: "object", name: "" };

  test("is one of dsacls on Windows", () => {
    expect(linesFor(grant, "CORP\\svc", null)).toEqual([`dsacls "${PEOPLE}" /I:S /G "CORP\\svc:WP;title;user"`]);
  });

  test("is one of samba-tool on Samba, with what names the account; or says that there is none", () => {
    const lines = linesFor(grant, "svc@corp.example", () => "guid-of-title");
    expect(lines.slice(0, 2).join("\n")).toContain("samba-tool user show 'svc'");
    expect(lines.at(-1)).toMatch(/^samba-tool dsacl set .*;WP;guid-of-title;/);
    expect(linesFor(deletions, "svc", () => "")).toEqual([expect.stringContaining("samba-tool cannot")]);
  });
});
