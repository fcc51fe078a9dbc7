import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { WorkerKey } from "../../../reconciler/model/identity.js";
import { renderShow, type ShowView } from "../../../reconciler/report/show.js";
import { finding, person, removeMember } from "../../support/plan-builder.js";

const jonas = person("Jonas Weber", "10031");
const nora = person("Nora Lang", "10007");
const options = {
  width: 80,
  color: false,
  unicode: true,
  labels: (identity: string) => [jonas, nora].find((who) => who.identity === identity)?.label ?? identity,
};

const view: ShowView = {
  identity: jonas.identity,
  label: jonas.label,
  asOf: "2026-12-01T06:00:00+01:00",
  workers: [
    {
      key: jonas.worker,
      type: "employee",
      periods: [{ from: "2019-03-01", lastDay: "2026-11-30", status: "normal" }],
      absentSince: null,
      primary: true,
    },
    {
      key: "agency:88" as WorkerKey,
      type: "contingent",
      periods: [{ from: "2027-01-04", lastDay: null, status: "normal" }],
      absentSince: "2026-11-30T04:00:00Z",
      primary: false,
    },
  ],
  stages: [
    {
      mapping: "staff",
      target: "works-ad",
      stage: "left",
      because: "left: last day was 2026-11-30",
      nextAt: "2027-03-01T00:00:00+01:00",
    },
  ],
  accounts: [
    {
      target: "works-ad",
      bound: {
        anchor: jonas.anchor,
        address: jonas.address,
        enabled: false,
        boundAt: "2019-02-20T08:00:00Z",
        disabledBy: "muster",
        disabledAt: "2026-12-01T05:00:00Z",
      },
      names: { sAMAccountName: "jweber" },
      attributes: [
        { name: "title", desired: "Foreman", observed: "Boss", ledger: "Foreman" },
        { name: "sn", desired: "Weber", observed: "Weber", ledger: "Weber" },
        { name: "manager", desired: null, observed: { ref: nora.identity }, ledger: undefined },
      ],
      groups: [
        { name: "Frame Workshop", origin: "granted", since: "2019-03-01T00:00:00Z" },
        { name: "Cycling Club", origin: "found", since: "2020-03-01T00:00:00Z" },
      ],
      former: [{ anchor: "00000000-0000-4000-8000-000000000001", why: "reprovisioned", until: "2018-01-01T00:00:00Z" }],
    },
    { target: "works-entra", bound: null, names: {}, attributes: [], groups: [], former: [] },
  ],
  pending: [removeMember(jonas, "Frame Workshop", "left: last day was 2026-11-30")],
  exceptions: [{ kind: "Hold", name: "tribunal", reason: "the mailbox is evidence", expires: "2027-01-31" }],
  findings: [
    finding("held", "warning", "The account is kept.", {
      identity: jonas.identity,
      worker: jonas.worker,
      next: "Nothing until the Hold ends.",
    }),
  ],
};

describe("renderShow", () => {
  it("lays out one identity as written in test/golden-report/show.txt", () => {
    const golden = readFileSync(new URL("../../golden-report/show.txt", import.meta.url), "utf8");
    expect(renderShow(view, options)).toBe(golden);
  });

  it("tells enabled, disabled by others and unread accounts apart", () => {
    const state = (change: object): string => {
      const bound = {
        anchor: "a",
        address: null,
        enabled: false,
        boundAt: "2019-02-20T08:00:00Z",
        disabledBy: null,
        disabledAt: null,
      };
      const account = {
        target: "works-ad",
        names: {},
        attributes: [],
        groups: [],
        former: [],
        bound: { ...bound, ...change },
      };
      return (
        renderShow({ ...view, accounts: [account] }, options)
          .split("\n")
          .find((line) => line.startsWith("works-ad")) ?? ""
      );
    };
    expect(state({ enabled: true })).toBe("works-ad  enabled");
    expect(state({ disabledBy: "other" })).toBe("works-ad  disabled by somebody else");
    expect(state({ enabled: null })).toBe("works-ad  not read");
  });

  it("says that nothing is pending", () => {
    expect(renderShow({ ...view, pending: [] }, options)).toContain("Changes  none pending");
  });
});
