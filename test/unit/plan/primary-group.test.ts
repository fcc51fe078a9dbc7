/** Members of a group by their primaryGroupID: the directory lets nobody take that away, so nothing plans it. */
import { describe, expect, it } from "vitest";
import type { ObservedGroup } from "../../../reconciler/model/observed.js";
import { diffMembers } from "../../../reconciler/plan/diff-members.js";
import { type ExclusiveGroup, removeExcess } from "../../../reconciler/plan/exclusive.js";
import { collectFindings, type Subject, type TargetView } from "../../../reconciler/plan/subject.js";

const GROUP = "CN=Staff,OU=Groups,DC=corp";
const group: ObservedGroup = {
  anchor: "group",
  address: GROUP,
  managed: true,
  members: ["primary", "plain"],
  primary: ["primary"],
  others: 0,
};

/** Only what the diff of memberships looks at: somebody active who is entitled to nothing, and whose membership was granted. */
function subjectOf(anchor: string, memberships: object): Subject {
  return {
    identity: `person:hr:${anchor}`,
    account: { anchor, address: `CN=${anchor},OU=People,DC=corp` },
    entry: { current: { memberships } },
    target: { name: "corp-ad" },
    mapping: {
      name: "people",
      lifecycleDocument: { file: "policies/people.yaml", line: 1, positions: {} },
      entitlements: [],
    },
    intent: { label: anchor, stage: { stage: "active", because: "active" }, memberships: "grant", entitled: [] },
  } as unknown as Subject;
}

describe("a member by primary group", () => {
  const view = { groupByAnchor: new Map([["group", group]]) } as unknown as TargetView;
  const knowledge = {
    groups: new Map(),
    memberSets: new Map([["group", new Set(group.members)]]),
    exclusive: new Map(),
  };

  it.each([
    ["plain", false],
    ["primary", true],
  ])("%s, whose granted membership ends: only forgotten %s", (anchor, ledgerOnly) => {
    const subject = subjectOf(anchor, { group: { group: GROUP, since: "2026-01-01T00:00:00Z", origin: "granted" } });
    const drafts = diffMembers(view, knowledge, subject, { anchor }, [], collectFindings());
    expect(drafts.map(({ op }) => [op.verb, op.slot, op.ledgerOnly])).toEqual([["remove-member", "group", ledgerOnly]]);
  });

  it("stays in an exclusive group, and is not announced", () => {
    const rule: ExclusiveGroup = {
      group,
      entitlement: {} as ExclusiveGroup["entitlement"],
      removes: false,
      waiting: [],
    };
    const exclusive = new Map([["group", rule]]);
    for (const anchor of ["plain", "primary"]) removeExcess(exclusive, subjectOf(anchor, {}), new Set());
    expect(rule.waiting.map(({ label }) => label)).toEqual(["plain"]);
  });
});
