import { describe, expect, it } from "vitest";
import type { Values, Verb } from "../../../../reconciler/model/op.js";
import { directLicences, observeLicence } from "../../../../reconciler/targets/entra-id/licences.js";
import { changeLicences } from "../../../../reconciler/targets/entra-id/write/licences.js";
import { answeringGraph, id, refusal, type Scripted } from "../../../support/answering-graph.js";
import { readyOp } from "../../../support/ready-ops.js";

const ADA = id(1);
const [E3, E5, P1, P2] = [id("e3"), id("e5"), id("c1"), id("c2")];

interface State {
  readonly skuId: string;
  readonly assignedByGroup: string | null;
  readonly disabledPlans: readonly string[];
}

function licence(verb: Verb, slot: string, after: Values = {}) {
  return readyOp(verb, {
    object: { anchor: ADA },
    slot,
    after: { member: verb === "assign-licence" || null, ...after },
  }).op;
}

function aUser(states: readonly State[], answer: (n: number) => Scripted | undefined = () => undefined) {
  let posts = 0;
  const held = [...states];
  const graph = answeringGraph(({ method, body }) => {
    if (method === "GET")
      return { status: 200, body: { id: ADA, assignedLicenses: [], licenseAssignmentStates: held } };
    const said = answer(posts++);
    if (said !== undefined) return said;
    for (const { skuId, disabledPlans } of body.addLicenses as State[])
      held.push({ skuId, assignedByGroup: null, disabledPlans });
    return { status: 200, body: { id: ADA } };
  });
  const calls = () => graph.asked.filter(({ method }) => method === "POST").map(({ body }) => body);
  return { ...graph, calls };
}

const direct = (skuId: string, disabledPlans: readonly string[] = []): State => ({
  skuId,
  assignedByGroup: null,
  disabledPlans,
});
const byGroup = (skuId: string): State => ({ skuId, assignedByGroup: id("a"), disabledPlans: [] });
const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind);

describe("licences", () => {
  it("are added and removed in one call", async () => {
    const { place, calls } = aUser([direct(E3)]);
    const ops = [licence("assign-licence", E5, { disabledPlans: [P1] }), licence("remove-licence", E3)];
    expect(kinds(await changeLicences(place, ADA, ops))).toEqual(["done", "done"]);
    expect(calls()).toEqual([{ addLicenses: [{ skuId: E5, disabledPlans: [P1] }], removeLicenses: [E3] }]);
  });

  it("keep the plans that are switched off where no policy says which", async () => {
    const { place, calls } = aUser([direct(E3, [P2])]);
    expect(kinds(await changeLicences(place, ADA, [licence("assign-licence", E3)]))).toEqual(["already"]);
    expect(calls()).toEqual([]);
    const wanted = licence("assign-licence", E3, { disabledPlans: [P1, P2] });
    expect(kinds(await changeLicences(place, ADA, [wanted]))).toEqual(["done"]);
    expect(calls()).toEqual([{ addLicenses: [{ skuId: E3, disabledPlans: [P1, P2] }], removeLicenses: [] }]);
  });

  it("that are gone although a replica shows them are as wanted", async () => {
    const gone = refusal(400, "Request_BadRequest", "User does not have a corresponding license.");
    const { place } = aUser([direct(E3)], () => gone);
    expect(kinds(await changeLicences(place, ADA, [licence("remove-licence", E3)]))).toEqual(["already"]);
    expect(await changeLicences(place, ADA, [licence("assign-licence", E5)])).toMatchObject([{ kind: "failed" }]);
  });

  it("that come through a group are never removed", async () => {
    const { place, calls } = aUser([byGroup(E3)]);
    expect(kinds(await changeLicences(place, ADA, [licence("remove-licence", E3)]))).toEqual(["already"]);
    expect(calls()).toEqual([]);
  });

  it("that are refused together are tried one by one, removals first", async () => {
    const noSeats = refusal(
      400,
      "Request_BadRequest",
      `Subscription with SKU ${E5} does not have any available licenses.`,
    );
    const { place, calls } = aUser([direct(E3)], (n) => (n === 1 ? undefined : noSeats));
    const ops = [licence("assign-licence", E5), licence("remove-licence", E3)];
    const outcomes = await changeLicences(place, ADA, ops);
    const byOp = new Map(outcomes.map((one) => [one.op, `${one.kind} ${one.code}`]));
    expect(ops.map((op) => byOp.get(op.id))).toEqual(["failed MUS-5204", "done null"]);
    expect(calls().map(({ removeLicenses }) => (removeLicenses as string[]).length)).toEqual([1, 1, 0]);
  });

  it("are read again where no answer came", async () => {
    const { place, calls } = aUser([], (n) => (n === 0 ? "lost" : undefined));
    expect(kinds(await changeLicences(place, ADA, [licence("assign-licence", E5)]))).toEqual(["done"]);
    expect(calls()).toHaveLength(2);
  });

  it("meet another write on the same user and are sent again", async () => {
    const meets = refusal(409, "Directory_ConcurrencyViolation");
    const { place, calls } = aUser([], (n) => (n < 2 ? meets : undefined));
    expect(kinds(await changeLicences(place, ADA, [licence("assign-licence", E5)]))).toEqual(["done"]);
    expect(calls()).toHaveLength(3);
  });

  it("are direct until a group is named, also where no state is there yet", () => {
    const user = {
      licenseAssignmentStates: [direct(E3, [P1]), byGroup(E5)],
      assignedLicenses: [
        { skuId: E5, disabledPlans: [] },
        { skuId: P2, disabledPlans: [] },
      ],
    };
    expect([...directLicences(user)]).toEqual([
      [E3, [P1]],
      [P2, []],
    ]);
  });

  it("of the tenant are groups with seats", () => {
    const sku = {
      skuId: E3,
      skuPartNumber: "ENTERPRISEPACK",
      consumedUnits: 3,
      prepaidUnits: { enabled: 10, warning: 2, suspended: 5 },
      servicePlans: [{ servicePlanId: P1, servicePlanName: "SWAY" }],
    };
    const users = new Map([
      [id(1), { licenseAssignmentStates: [direct(E3, [P1])] }],
      [id(2), { licenseAssignmentStates: [byGroup(E3), direct(E3)] }],
      [id(3), { licenseAssignmentStates: [byGroup(E3)] }],
    ]);
    expect(observeLicence(answeringGraph(() => undefined).place, sku, users)).toEqual({
      anchor: E3,
      address: "ENTERPRISEPACK",
      managed: true,
      members: [id(1), id(2)],
      inherited: [id(2), id(3)],
      others: 0,
      licence: { seats: 12, used: 3, plans: { SWAY: P1 }, disabledPlans: { [id(1)]: [P1] } },
    });
  });
});
