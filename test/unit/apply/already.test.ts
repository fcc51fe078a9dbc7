/** What became of an approved op that is not planned again: true already, done after a crash, or refused and why. */
import { describe, expect, it } from "vitest";
import { isAlreadyTrue, isDoneAfterAll, whyStale } from "../../../reconciler/apply/already.js";
import type { LedgerEntry } from "../../../reconciler/model/ledger.js";
import { buildLedger } from "../../../reconciler/model/ledger.js";
import type { Observed, ObservedAccount } from "../../../reconciler/model/observed.js";
import type { Op } from "../../../reconciler/model/op.js";
import type { TargetView } from "../../../reconciler/plan/subject.js";
import { buildView } from "../../../reconciler/plan/view.js";
import type { CompiledTarget } from "../../../reconciler/policy/compiled.js";
import { AD_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { op, person, removeMember, update } from "../../support/plan-builder.js";

const GROUP = "group-1";
const ada = person("Ada", "1");
const STAFF = "OU=Works,OU=People,DC=lindwurm,DC=example";
const LEAVERS = "OU=Leavers,OU=People,DC=lindwurm,DC=example";

/** What is there: Ada's account, changed as said, and one group. */
function viewOf(account: Partial<ObservedAccount> | null, members: readonly string[] = []): TargetView {
  const found = {
    anchor: ada.anchor,
    address: ada.address,
    container: STAFF,
    managed: true,
    enabled: true,
    attributes: { title: "Engineer" },
    claim: null,
    protected: null,
    hasChildren: false,
    ...account,
  };
  const group = { anchor: GROUP, address: "CN=Keys", managed: true, members, others: 0 };
  const observed = { accounts: account === null ? [] : [found], groups: [group], containers: [], deleted: [] };
  const target = { name: "works-ad", capabilities: AD_LIKE.capabilities } as unknown as CompiledTarget;
  return buildView(target, observed as unknown as Observed, buildLedger([], new Map()), "production");
}

/** A ledger entry that knows these groups. */
function entryWith(...groups: readonly string[]): LedgerEntry {
  const memberships = Object.fromEntries(groups.map((group) => [group, { group, since: "", origin: "granted" }]));
  return { current: { anchor: ada.anchor, memberships, tasks: {} } } as unknown as LedgerEntry;
}

const add = op("add-member", ada, { slot: GROUP, before: { member: null }, after: { member: true } });
const remove: Op = { ...removeMember(ada, GROUP, "left"), slot: GROUP, after: { member: null } };
const move = op("move", ada, { before: { container: STAFF }, after: { container: LEAVERS } });
const promote = update(ada, "title", "Engineer", "Manager");

describe("why an op is stale", () => {
  it.each([
    ["a value", promote, { attributes: { title: "Wizard" } }, "title was Engineer and is Wizard"],
    ["a value that was cleared", promote, { attributes: {} }, "title was Engineer and is (empty)"],
    ["a place", move, { container: "OU=Sales,DC=x" }, `container was ${STAFF} and is OU=Sales,DC=x`],
    [
      "one of two names",
      op("rename", ada, { before: { cn: "Ada", mail: "a@x" }, after: { cn: "Eva", mail: "e@x" } }),
      { attributes: { cn: "Ada", mail: "other@x" } },
      "mail was a@x and is other@x",
    ],
    [
      "the state before a delete",
      op("delete", ada, { before: { enabled: false }, after: {} }),
      { enabled: true },
      "enabled was false and is true",
    ],
  ])("names both forms of %s", (_, stale, account, both) => {
    expect(whyStale(stale, viewOf(account))).toBe(`changed by somebody else since the plan: ${both}`);
  });

  it("says that the object is gone, and blames nobody where the value is as it was", () => {
    expect(whyStale(promote, viewOf(null))).toBe("the object is gone");
    expect(whyStale(promote, viewOf({}))).toBe("the object or what it depends on changed since the plan");
    expect(whyStale(move, viewOf({ container: STAFF.toLowerCase() }))).not.toContain("somebody else");
    expect(whyStale(add, viewOf({}))).not.toContain("somebody else");
    expect(whyStale(promote, undefined)).not.toContain("gone");
  });
});

describe("memberships that are as approved", () => {
  it("are true whoever made them so", () => {
    expect(isAlreadyTrue(add, viewOf({}, [ada.anchor]), entryWith())).toBe(true);
    expect(isAlreadyTrue(add, viewOf({}, []), entryWith())).toBe(false);
    expect(isAlreadyTrue(remove, viewOf({}, []), entryWith(GROUP))).toBe(true);
    expect(isAlreadyTrue(remove, viewOf({}, [ada.anchor]), entryWith(GROUP))).toBe(false);
  });

  it("are true of the ledger alone only when the ledger says so", () => {
    const found = { ...add, ledgerOnly: true };
    expect(isAlreadyTrue(found, viewOf({}, [ada.anchor]), entryWith())).toBe(false);
    expect(isAlreadyTrue(found, viewOf({}, [ada.anchor]), entryWith(GROUP))).toBe(true);
  });

  it("were done by an interrupted run that sent them", () => {
    expect(isDoneAfterAll(add, viewOf({}, [ada.anchor]), entryWith())).toBe(true);
    expect(isDoneAfterAll(add, viewOf({}, []), entryWith())).toBe(false);
  });
});

describe("a licence", () => {
  const licence = (after: Op["after"]) => op("assign-licence", ada, { slot: GROUP, before: { member: null }, after });
  const remove = op("remove-licence", ada, { slot: GROUP, before: { member: true }, after: { member: null } });

  /** The group is a product that Ada has, with these service plans switched off. */
  function viewWith(off: readonly string[] | null): TargetView {
    const view = viewOf({}, off === null ? [] : [ada.anchor]);
    const group = view.groupByAnchor.get(GROUP);
    if (group === undefined) throw new Error("there is a group");
    const disabledPlans = off === null ? {} : { [ada.anchor]: off };
    const product = { ...group, licence: { seats: 1, used: 1, plans: {}, disabledPlans } };
    return { ...view, groupByAnchor: new Map([[GROUP, product]]) };
  }

  it.each([
    ["is assigned", licence({ member: true }), ["a"], true],
    ["is not", licence({ member: true }), null, false],
    [
      "is assigned with the service plans wanted, in any order",
      licence({ member: true, disabledPlans: ["a", "b"] }),
      ["b", "a"],
      true,
    ],
    ["is assigned with other ones", licence({ member: true, disabledPlans: ["a"] }), [], false],
    ["is gone", remove, null, true],
    ["is still there", remove, [], false],
  ] as const)("that %s: %#", (_, wanted, off, isTrue) => {
    expect(isAlreadyTrue(wanted, viewWith(off), entryWith())).toBe(isTrue);
  });
});
