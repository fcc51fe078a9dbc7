/** Moves to a place that is taken, or that somebody leaves in the same plan. */
import { describe, expect, it } from "vitest";
import type { Draft } from "../../../reconciler/plan/drafts.js";
import { withoutTakenPlaces } from "../../../reconciler/plan/places.js";
import { collectFindings, type TargetView } from "../../../reconciler/plan/subject.js";
import { childDn } from "../../../reconciler/support/dn.js";
import { AD_LIKE, GRAPH_LIKE } from "../../../reconciler/targets/memory/presets.js";

const A = "OU=A,DC=corp";
const B = "OU=B,DC=corp";
const C = "OU=C,DC=corp";

/** Accounts by anchor: cn and container. */
type Accounts = Readonly<Record<string, readonly [cn: string, container: string]>>;

function draft(accounts: Accounts, verb: string, anchor: string, after: Record<string, string> = {}): Draft {
  const [cn = "", container = ""] = accounts[anchor] ?? [];
  const op = { verb, object: { anchor }, after, address: childDn("CN", cn, container), label: cn, identity: anchor };
  return { op, needs: [] } as unknown as Draft;
}

function place(accounts: Accounts, drafts: readonly Draft[], { capabilities } = AD_LIKE) {
  const list = Object.entries(accounts);
  const byAnchor = new Map(list.map(([anchor, [, container]]) => [anchor, { container }]));
  const names = list.map(([anchor, [value]]) => ({ space: "cn", value, anchor }));
  const findings = collectFindings();
  const kept = withoutTakenPlaces(
    { target: { capabilities }, byAnchor, observed: { names } } as unknown as TargetView,
    drafts,
    findings,
  );
  const waits = drafts.map(({ op, needs }) => [op.identity, needs.map((need) => need.op.identity)] as const);
  return {
    planned: kept.map(({ op }) => `${op.verb} ${op.identity}`),
    waits: Object.fromEntries(waits.filter(([, needs]) => needs.length > 0)),
    found: findings.list.map(({ kind, identity }) => `${kind} ${identity}`),
  };
}

describe("a move", () => {
  it("to a free place goes, and to one of the same name elsewhere", () => {
    const accounts: Accounts = { x: ["Ann", A], y: ["Ann", C] };
    expect(place(accounts, [draft(accounts, "move", "x", { container: B })])).toEqual({
      planned: ["move x"],
      waits: {},
      found: [],
    });
  });

  it("to a taken place is not planned, whatever the case of the name; the rest of the account is", () => {
    const accounts: Accounts = { x: ["Ann", A], y: ["ANN", B] };
    const drafts = [draft(accounts, "disable", "x"), draft(accounts, "move", "x", { container: B })];
    expect(place(accounts, drafts)).toEqual({ planned: ["disable x"], waits: {}, found: ["place-taken x"] });
  });

  it.each([
    ["move", { container: C }],
    ["delete", {}],
    ["rename", { cn: "Anna" }],
  ] as const)("waits for the %s of whoever is there", (verb, after) => {
    const accounts: Accounts = { x: ["Ann", A], y: ["Ann", B] };
    const drafts = [draft(accounts, "move", "x", { container: B }), draft(accounts, verb, "y", after)];
    const { planned, waits, found } = place(accounts, drafts);
    expect({ planned, waits, found }).toEqual({ planned: ["move x", `${verb} y`], waits: { x: ["y"] }, found: [] });
  });

  it("does not wait for somebody who gets another login and keeps the cn", () => {
    const accounts: Accounts = { x: ["Ann", A], y: ["Ann", B] };
    const rename = draft(accounts, "rename", "y", { sAMAccountName: "ann2" });
    expect(place(accounts, [draft(accounts, "move", "x", { container: B }), rename]).found).toEqual(["place-taken x"]);
  });

  it("does not wait for somebody whose cn gets other capitals: the place stays taken", () => {
    const accounts: Accounts = { x: ["Ann", A], y: ["ANN", B] };
    const rename = draft(accounts, "rename", "y", { cn: "ann" });
    expect(place(accounts, [draft(accounts, "move", "x", { container: B }), rename]).found).toEqual(["place-taken x"]);
  });

  it("goes under the name that the same plan gives it", () => {
    const accounts: Accounts = { x: ["Ann", A], y: ["Ann", B] };
    const drafts = [draft(accounts, "rename", "x", { cn: "Anna" }), draft(accounts, "move", "x", { container: B })];
    expect(place(accounts, drafts).planned).toEqual(["rename x", "move x"]);
  });

  it("in a row waits for the next, and none goes where the row ends at somebody who stays", () => {
    const accounts: Accounts = { x: ["Ann", A], y: ["Ann", B], z: ["Ann", C] };
    const moves = () => [
      draft(accounts, "move", "x", { container: B }),
      draft(accounts, "move", "y", { container: C }),
    ];
    const leaves = draft(accounts, "move", "z", { container: "OU=D,DC=corp" });
    expect(place(accounts, [...moves(), leaves]).waits).toEqual({ x: ["y"], y: ["z"] });
    expect(place(accounts, moves())).toEqual({ planned: [], waits: {}, found: ["place-taken x", "place-taken y"] });
  });

  it("in a ring is not planned: no order of moves is free of a clash", () => {
    const accounts: Accounts = { x: ["Ann", A], y: ["Ann", B] };
    const drafts = [draft(accounts, "move", "x", { container: B }), draft(accounts, "move", "y", { container: A })];
    expect(place(accounts, drafts).found).toEqual(["place-taken x", "place-taken y"]);
  });

  it("of two to one free place the first goes", () => {
    const accounts: Accounts = { x: ["Ann", A], y: ["Ann", C] };
    const drafts = ["y", "x"].map((anchor) => draft(accounts, "move", anchor, { container: B }));
    expect(place(accounts, drafts)).toEqual({ planned: ["move x"], waits: {}, found: ["place-taken y"] });
  });

  it("is nobody's business where there are no containers", () => {
    const accounts: Accounts = { x: ["Ann", A], y: ["Ann", B] };
    const drafts = [draft(accounts, "move", "x", { container: B })];
    expect(place(accounts, drafts, GRAPH_LIKE).planned).toEqual(["move x"]);
  });
});
