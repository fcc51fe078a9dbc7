import { expect, it } from "vitest";
import { countRequests } from "../../../../reconciler/targets/entra-id/forecast.js";
import { op, person } from "../../../support/plan-builder.js";

const ADA = person("Ada", "1");
const BEN = person("Ben", "2");
const values = { userPrincipalName: "somebody@contoso.example", displayName: "Somebody" };
const create = (who: typeof ADA, more = {}) => op("create", who, { after: { ...values, ...more } });

function managerOf(who: typeof ADA, manager: typeof ADA) {
  const after = { manager: { ref: manager.identity } };
  const update = op("update", who, { slot: "manager", before: { manager: null }, after, joining: true });
  return { ...update, needs: [create(who).id, create(manager).id] };
}

it("counts nothing for a manager who goes along with the create, and one of two who manage each other", () => {
  const creates = [create(ADA), create(BEN)];
  expect(countRequests([...creates, managerOf(BEN, ADA)])).toEqual({ reads: 0, writes: 2 });
  const circle = [...creates, managerOf(BEN, ADA), managerOf(ADA, BEN)];
  expect(countRequests(circle)).toEqual({ reads: 0, writes: 3 });
});

it("counts a request for what must stand alone, and members by twenty", () => {
  expect(countRequests([create(ADA, { employeeHireDate: "2026-12-01T00:00:00Z" })])).toEqual({ reads: 0, writes: 2 });
  const people = Array.from({ length: 41 }, (_, i) => person(`P${i}`, String(i)));
  const adds = people.map((who) => op("add-member", who, { slot: "g" }));
  expect(countRequests(adds)).toEqual({ reads: 0, writes: 3 });
});

it("counts a read and a write for the values of one account, however many", () => {
  const updates = ["jobTitle", "city"].map((slot) => op("update", ADA, { slot, after: { [slot]: "x" } }));
  expect(countRequests(updates)).toEqual({ reads: 1, writes: 1 });
});
