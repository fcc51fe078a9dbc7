/** What the ledger remembers of a licence. */
import { expect, it } from "vitest";
import type { LedgerEntry } from "../../../reconciler/model/ledger.js";
import type { Op, OutcomeKind } from "../../../reconciler/model/op.js";
import { foldOutcome } from "../../../reconciler/record/fold.js";
import { op, person } from "../../support/plan-builder.js";

const ZOE = person("Zoë Müller", "1");
const SKU = "6fd2c87f-b296-42f0-b197-1e91e994b900";
const context = (asOf: string) => ({ workers: [ZOE.worker], primary: ZOE.worker, nameAttributes: [], at: asOf, asOf });
const licence = (before: Op["before"], after: Op["after"]) =>
  op("assign-licence", ZOE, { slot: SKU, slotLabel: "ENTERPRISEPACK", before, after });

function fold(...steps: readonly (readonly [Op, OutcomeKind])[]): unknown {
  let entry: LedgerEntry | undefined;
  const create = op("create", ZOE, { after: { enabled: true } });
  for (const [i, [each, kind]] of [[create, "done"] as const, ...steps].entries()) {
    const outcome = { op: each.id, kind, anchor: ZOE.anchor, code: null, detail: null };
    entry = foldOutcome(entry, each, outcome, context(`2026-12-0${i + 1}T09:00:00Z`));
  }
  return entry?.current?.memberships;
}

const GRANTED = licence({ member: null }, { member: true, disabledPlans: ["a"] });
const CORRECTED = licence({ member: true, disabledPlans: [] }, { member: true, disabledPlans: ["b"] });
const LOST = op("remove-licence", ZOE, { slot: SKU, before: { member: true }, after: { member: null } });

it("is granted when Muster assigns it, and stays so when its service plans are put right", () => {
  const since = "2026-12-02T09:00:00Z";
  const known = { group: "ENTERPRISEPACK", since, origin: "granted" };
  expect(fold([GRANTED, "done"])).toEqual({ [SKU]: { ...known, disabledPlans: ["a"] } });
  expect(fold([GRANTED, "done"], [CORRECTED, "done"])).toEqual({ [SKU]: { ...known, disabledPlans: ["b"] } });
});

it("is found when somebody else assigned it, also where its service plans were put right", () => {
  expect(fold([GRANTED, "already"])).toMatchObject({ [SKU]: { origin: "found" } });
  expect(fold([CORRECTED, "done"])).toMatchObject({ [SKU]: { origin: "found", disabledPlans: ["b"] } });
});

it("has a list of service plans, empty where no policy speaks of them: by that it is told from a group", () => {
  expect(fold([licence({ member: null }, { member: true }), "done"])).toMatchObject({ [SKU]: { disabledPlans: [] } });
});

it("is forgotten when it is taken away", () => {
  expect(fold([GRANTED, "done"], [LOST, "done"])).toEqual({});
});
