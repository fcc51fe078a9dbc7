/** Entitlements that name one group: whoever reads only one of them must not be misled about who may be in it. */
import { expect, it } from "vitest";
import { compilePolicies } from "../../../reconciler/policy/compile.js";
import { type MusterError, MusterErrors } from "../../../reconciler/support/errors.js";
import { AD_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { policiesFrom } from "../../support/policies.js";

const GROUP = "CN=Sales Drive,OU=Groups,DC=corp,DC=example";
const EXCLUSIVE = '{ exclusive: { since: "2027-01-01" } }';

interface Rule {
  readonly group?: string;
  readonly target?: string;
  readonly membership?: string;
}

function errorsOf(...rules: readonly Rule[]): (string | undefined)[][] {
  const target = (name: string) =>
    `kind: Target\nname: ${name}\ntype: memory\nclaim: x\nmanaged: { accounts: ["OU=People,DC=corp,DC=example"] }\n`;
  const entitlements = rules.map(
    ({ group = GROUP, target: name = "corp-ad", membership }, at) =>
      `kind: Entitlement\nname: e${at + 1}\ntarget: ${name}\ngroup: "${group}"\nscope: all\n${membership === undefined ? "" : `membership: ${membership}\n`}`,
  );
  const documents = [
    "kind: Environment\nname: test\ntargets: [corp-ad, lab-ad]\nrecords: { branch: main }\n",
    target("corp-ad"),
    target("lab-ad"),
    "kind: Scope\nname: all\nall: []\n",
    ...entitlements,
  ];
  try {
    compilePolicies(policiesFrom(documents.join("---\n")), "test", () => AD_LIKE.capabilities);
    return [];
  } catch (error) {
    const errors = error instanceof MusterErrors ? error.errors : [error as MusterError];
    return errors.map(({ code, what, next }) => [code, what, next]);
  }
}

it("is refused where one is exclusive and another additive, said or left out", () => {
  const expected = [
    [
      "MUS-1110",
      "entitlements e1 and e2 name one group and disagree on membership",
      expect.stringContaining("exclusive for all"),
    ],
  ];
  expect(errorsOf({ membership: EXCLUSIVE }, { membership: "additive" })).toEqual(expected);
  expect(errorsOf({}, { membership: EXCLUSIVE })).toEqual(expected);
});

it("is refused where two exclusive ones begin on different days, or differ in what the first run does", () => {
  const other = '{ exclusive: { since: "2027-02-01" } }';
  const now = '{ exclusive: { since: "2027-01-01", firstRun: remove } }';
  expect(errorsOf({ membership: EXCLUSIVE }, { membership: other })).toHaveLength(1);
  expect(errorsOf({ membership: EXCLUSIVE }, { membership: now })).toHaveLength(1);
});

it("knows one group in other spellings of its name", () => {
  const spelled = "cn=sales drive, OU=Groups, dc=corp,dc=example";
  expect(errorsOf({ membership: EXCLUSIVE }, { group: spelled })).toHaveLength(1);
});

it("names each that disagrees with the first", () => {
  const found = errorsOf({ membership: EXCLUSIVE }, {}, { membership: EXCLUSIVE }, { membership: "additive" });
  expect(found.map(([, what]) => what)).toEqual([
    expect.stringContaining("e1 and e2"),
    expect.stringContaining("e1 and e4"),
  ]);
});

it("is accepted where all say the same, or the groups or targets are others", () => {
  const notify = '{ exclusive: { since: "2027-01-01", firstRun: notify } }';
  expect(errorsOf({ membership: EXCLUSIVE }, { membership: notify })).toEqual([]);
  expect(errorsOf({}, { membership: "additive" })).toEqual([]);
  expect(errorsOf({ membership: EXCLUSIVE }, { group: GROUP.replace("Sales", "Works") })).toEqual([]);
  expect(errorsOf({ membership: EXCLUSIVE }, { target: "lab-ad" })).toEqual([]);
});
