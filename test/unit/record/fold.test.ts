import { describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../../reconciler/model/ledger.js";
import type { Op, Outcome, OutcomeKind } from "../../../reconciler/model/op.js";
import { type FoldContext, foldOutcome } from "../../../reconciler/record/fold.js";
import { op, person } from "../../support/plan-builder.js";

const ZOE = person("Zoë Müller", "1");
const CONTEXT: FoldContext = {
  workers: [ZOE.worker],
  primary: ZOE.worker,
  nameAttributes: ["sAMAccountName"],
  at: "2026-12-01T09:00:05.000Z",
  asOf: "2026-12-01T09:00:00Z",
};
const CREATE = op("create", ZOE, {
  after: {
    sAMAccountName: "zmueller",
    title: "Smith",
    photo: Uint8Array.of(1, 255),
    container: "OU=Works",
    enabled: false,
  },
});

function outcome(of: Op, kind: OutcomeKind = "done"): Outcome {
  return { op: of.id, kind, anchor: ZOE.anchor, code: null, detail: null };
}

function fold(...ops: Op[]): LedgerEntry | undefined {
  let entry: LedgerEntry | undefined;
  for (const each of ops) entry = foldOutcome(entry, each, outcome(each), CONTEXT);
  return entry;
}

describe("the fold of outcomes", () => {
  it("starts an account with all that its create wrote", () => {
    expect(fold(CREATE)).toEqual({
      apiVersion: "muster/v1",
      kind: "Account",
      target: "works-ad",
      identity: ZOE.identity,
      workers: [ZOE.worker],
      current: {
        anchor: ZOE.anchor,
        claim: `claim-${ZOE.worker}`,
        mapping: "staff",
        primary: ZOE.worker,
        names: { sAMAccountName: "zmueller" },
        managed: { sAMAccountName: "zmueller", title: "Smith", photo: { hex: "01ff" } },
        container: "OU=Works",
        state: "disabled",
        disabledBy: "muster",
        disabledAt: "2026-12-01T09:00:00Z",
        boundAt: "2026-12-01T09:00:00Z",
        everEnabled: false,
        memberships: {},
        tasks: {},
      },
      former: [],
      retained: [],
    });
  });

  it("is not moved by what was not done", () => {
    const before = fold(CREATE);
    const enable = op("enable", ZOE, { before: { enabled: false }, after: { enabled: true } });
    for (const kind of ["deferred", "skipped", "refused", "failed", "unknown"] as const)
      expect(foldOutcome(before, enable, outcome(enable, kind), CONTEXT)).toBe(before);
    expect(foldOutcome(before, enable, outcome(enable, "already"), CONTEXT)?.current?.state).toBe("enabled");
    expect(foldOutcome(undefined, CREATE, outcome(CREATE, "failed"), CONTEXT)).toBeUndefined();
  });

  it("keeps what the entry knows when its own account is found created or bound already", () => {
    const member = op("add-member", ZOE, { slot: "g1", slotLabel: "CN=Works", after: { member: true } });
    const enable = op("enable", ZOE, { after: { enabled: true } });
    const before = fold(CREATE, member, enable);
    const bind = op("bind", ZOE, { after: { anchor: ZOE.anchor, enabled: true, created: true }, ledgerOnly: true });
    const lost = { ...outcome(CREATE, "already"), anchor: null };
    expect(foldOutcome(before, CREATE, lost, CONTEXT)).toBe(before);
    expect(foldOutcome(before, bind, outcome(bind, "already"), CONTEXT)).toBe(before);
  });

  it("tells members that Muster granted from those that somebody else added, also since the plan", () => {
    const add = op("add-member", ZOE, { slot: "g1", slotLabel: "CN=Works", after: { member: true } });
    const created = fold(CREATE);
    const originAfter = (kind: OutcomeKind, ledgerOnly = false) =>
      foldOutcome(created, { ...add, ledgerOnly }, outcome(add, kind), CONTEXT)?.current?.memberships.g1?.origin;
    expect([originAfter("done"), originAfter("already"), originAfter("done", true)]).toEqual([
      "granted",
      "found",
      "found",
    ]);
    // A run that is resumed finds what it granted before.
    const granted = fold(CREATE, add);
    const again = foldOutcome(granted, add, outcome(add, "already"), CONTEXT);
    expect(again?.current?.memberships.g1?.origin).toBe("granted");
  });

  it("knows who disabled an account", () => {
    const bound = (after: Record<string, string | boolean>) =>
      fold(op("bind", ZOE, { after: { anchor: ZOE.anchor, ...after }, ledgerOnly: true }))?.current;
    expect(bound({ enabled: true })).toMatchObject({
      state: "enabled",
      disabledBy: null,
      everEnabled: true,
      names: {},
      managed: {},
    });
    expect(bound({ enabled: false })).toMatchObject({ state: "disabled", disabledBy: "other", everEnabled: false });
    expect(bound({ enabled: false, created: true, claim: "c" })).toMatchObject({ disabledBy: "muster", claim: "c" });
    const enable = op("enable", ZOE, { after: { enabled: true } });
    const disable = op("disable", ZOE, { after: { enabled: false } });
    expect(fold(CREATE, enable)?.current).toMatchObject({
      state: "enabled",
      disabledBy: null,
      disabledAt: null,
      everEnabled: true,
    });
    expect(fold(CREATE, enable, disable)?.current).toMatchObject({
      state: "disabled",
      disabledBy: "muster",
      disabledAt: "2026-12-01T09:00:00Z",
      everEnabled: true,
    });
  });

  it("keeps values, names, place, memberships and tasks", () => {
    const entry = fold(
      CREATE,
      op("update", ZOE, { slot: "title", before: { title: "Smith" }, after: { title: null } }),
      op("update", ZOE, { slot: "info", before: { info: null }, after: { info: ["b", "a"] } }),
      op("rename", ZOE, { before: { sAMAccountName: "zmueller" }, after: { sAMAccountName: "zmeier" } }),
      op("move", ZOE, { before: { container: "OU=Works" }, after: { container: "OU=Office" } }),
      op("add-member", ZOE, { slot: "g1", slotLabel: "CN=Works", after: { member: true } }),
      op("add-member", ZOE, { slot: "g2", slotLabel: "CN=Old", after: { member: true }, ledgerOnly: true }),
      op("add-member", ZOE, { slot: "g3", slotLabel: "CN=Gone", after: { member: true } }),
      op("remove-member", ZOE, { slot: "g3", slotLabel: "CN=Gone", after: { member: null } }),
      op("run-task", ZOE, { slot: "reset-password", after: { task: "reset-password", entry: "left@2026-11-30" } }),
    );
    expect(entry?.current).toMatchObject({ names: { sAMAccountName: "zmeier" }, container: "OU=Office" });
    expect(entry?.current?.managed).toEqual({
      title: null,
      sAMAccountName: "zmeier",
      info: ["a", "b"],
      photo: { hex: "01ff" },
    });
    const since = "2026-12-01T09:00:00Z";
    expect(entry?.current?.memberships).toEqual({
      g1: { group: "CN=Works", since, origin: "granted" },
      g2: { group: "CN=Old", since, origin: "found" },
    });
    expect(entry?.current?.tasks).toEqual({ "reset-password": "left@2026-11-30" });
  });

  it("keeps what was: unbound and deleted accounts, and names that nobody else gets", () => {
    const unbound = fold(
      CREATE,
      op("unbind", ZOE, { before: { anchor: ZOE.anchor }, after: { why: "reprovisioned" } }),
    );
    expect(unbound?.current).toBeNull();
    expect(unbound?.former).toEqual([{ anchor: ZOE.anchor, why: "reprovisioned", until: CONTEXT.at }]);
    const gone = op("delete", ZOE, {
      before: { enabled: false },
      after: { "retain:corp:sam": "zmueller|2031-12-01T00:00:00Z" },
    });
    const deleted = fold(CREATE, gone);
    expect(deleted?.former).toHaveLength(1);
    expect(deleted?.retained).toEqual([{ space: "corp:sam", value: "zmueller", until: "2031-12-01T00:00:00Z" }]);
    const until = "2031-12-01T00:00:00Z";
    const both = op("delete", ZOE, { after: { "retain:address": [`z@a.example|${until}`, `z@b.example|${until}`] } });
    const retained = ["z@a.example", "z@b.example"].map((value) => ({ space: "address", value, until }));
    expect(fold(CREATE, both)?.retained).toEqual(retained);
  });
});
