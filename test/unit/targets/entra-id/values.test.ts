import { describe, expect, it } from "vitest";
import type { IdentityKey } from "../../../../reconciler/model/identity.js";
import type { Values } from "../../../../reconciler/model/op.js";
import { ENTRA_ID_CAPABILITIES } from "../../../../reconciler/targets/entra-id/capabilities.js";
import {
  bodyOf,
  decodeProperty,
  requireProperties,
  selectOf,
} from "../../../../reconciler/targets/entra-id/properties.js";
import { changeValues } from "../../../../reconciler/targets/entra-id/write/update.js";
import { answeringGraph, id, ROOT, refusal, type Scripted } from "../../../support/answering-graph.js";
import { readyOp } from "../../../support/ready-ops.js";

const ADA = id(1);
const BOSS = id(9);

function update(name: string, before: Values[string] | null, after: Values[string] | null) {
  return readyOp("update", {
    object: { anchor: ADA },
    slot: name,
    before: { [name]: before ?? null },
    after: { [name]: after ?? null },
    references: { "person:hr:9": BOSS },
  });
}

/** A tenant with one user, whose PATCHes are merged as Graph does it. */
function oneUser(
  user: Record<string, unknown>,
  refuse: (body: Record<string, unknown>) => Scripted | undefined = () => undefined,
) {
  const state: Record<string, unknown> = { id: ADA, onPremisesSyncEnabled: null, ...user };
  const graph = answeringGraph(({ method, path, body }) => {
    if (method === "GET" && path.startsWith(`/users/${ADA}?`)) return { status: 200, body: state };
    if (method !== "PATCH") return undefined;
    const refused = refuse(body);
    if (refused !== undefined) return refused;
    Object.assign(state, body);
    return { status: 204 };
  });
  const patches = () => graph.asked.filter(({ method }) => method === "PATCH").map(({ body }) => body);
  return { ...graph, state, patches };
}

describe("properties", () => {
  it("are refused where Graph does not know them, with a near one named", () => {
    expect(() =>
      requireProperties("entra", ["jobTitle", "jobTitel", "extension_0123456789abcdef0123456789abcdef_x"]),
    ).toThrow(/MUS-5004.*jobTitel \(did you mean jobTitle\?\)/);
  });

  it("are selected by their first part, the manager not at all", () => {
    const names = ["manager", "employeeOrgData.division", "employeeOrgData.costCenter", "id"];
    expect(selectOf(names)).toBe("employeeOrgData,id");
  });

  it("clear with null, lists with an empty list", () => {
    const body = bodyOf({ jobTitle: null, businessPhones: null, otherMails: null });
    expect(body).toEqual({ jobTitle: null, businessPhones: [], otherMails: [] });
  });

  it("business phones are one text for policies and a list for Graph", () => {
    expect(bodyOf({ businessPhones: "+49 1" })).toEqual({ businessPhones: ["+49 1"] });
    expect(decodeProperty({ businessPhones: ["+49 1"] }, "businessPhones")).toBe("+49 1");
    expect(decodeProperty({ businessPhones: [] }, "businessPhones")).toBeUndefined();
  });

  it("employeeOrgData is sent whole, extension attributes are sent one by one", () => {
    const now = { employeeOrgData: { costCenter: "4410", division: "R&D" } };
    expect(bodyOf({ "employeeOrgData.division": "Sales" }, now)).toEqual({
      employeeOrgData: { costCenter: "4410", division: "Sales" },
    });
    const extensions = { onPremisesExtensionAttributes: { extensionAttribute1: "a", extensionAttribute2: "b" } };
    expect(bodyOf({ "onPremisesExtensionAttributes.extensionAttribute2": null }, extensions)).toEqual({
      onPremisesExtensionAttributes: { extensionAttribute2: null },
    });
  });

  it("instants are read in one spelling, whatever Graph's", () => {
    const user = {
      employeeHireDate: "2026-12-01T00:00:00.0000000Z",
      employeeLeaveDateTime: "2026-12-01T01:00:00+01:00",
    };
    expect(decodeProperty(user, "employeeHireDate")).toBe("2026-12-01T00:00:00Z");
    expect(decodeProperty(user, "employeeLeaveDateTime")).toBe("2026-12-01T00:00:00Z");
  });

  it("of a synced user only those stay writable that Active Directory does not hold", () => {
    expect(ENTRA_ID_CAPABILITIES.writableWhenSynced).toEqual(["usageLocation"]);
  });
});

describe("updates", () => {
  it("send what differs in one PATCH, and nothing else", async () => {
    const { place, patches } = oneUser({ jobTitle: "Old", department: "R&D", city: null });
    const ops = [update("jobTitle", "Old", "New"), update("department", "Sales", "R&D"), update("city", null, "Bern")];
    const outcomes = await changeValues(place, ADA, ops);
    expect(new Map(outcomes.map((one) => [one.op, one.kind]))).toEqual(
      new Map(ops.map(({ op }, i) => [op.id, ["done", "already", "done"][i]])),
    );
    expect(patches()).toEqual([{ jobTitle: "New", city: "Bern" }]);
  });

  it("are refused with both values where somebody else was quicker", async () => {
    const { place, patches } = oneUser({ jobTitle: "Theirs" });
    const [outcome] = await changeValues(place, ADA, [update("jobTitle", "Old", "New")]);
    expect(outcome).toMatchObject({ kind: "refused", code: "MUS-5005" });
    expect(outcome?.detail).toMatch(/Old.*Theirs/);
    expect(patches()).toEqual([]);
  });

  it("of a name that this run moved aside wait for the replica that still shows the name before it", async () => {
    const login = "userPrincipalName";
    const [old, aside, wanted] = ["ada@x.example", "tmp-1@x.example", "bob@x.example"];
    const shown = [old, old, old, aside];
    const graph = answeringGraph(({ method }) =>
      method === "GET"
        ? { status: 200, body: { id: ADA, onPremisesSyncEnabled: null, [login]: shown.shift() } }
        : undefined,
    );
    const change = (before: string, after: string) =>
      changeValues(graph.place, ADA, [
        readyOp("rename", { object: { anchor: ADA }, before: { [login]: before }, after: { [login]: after } }),
      ]);
    expect(await change(old, aside)).toMatchObject([{ kind: "done" }]);
    expect(await change(aside, wanted)).toMatchObject([{ kind: "done" }]);
    expect(graph.asked.filter(({ method }) => method === "PATCH").map(({ body }) => body[login])).toEqual([
      aside,
      wanted,
    ]);
  });

  it("are refused all the same where the old value is there for good", async () => {
    const { place } = oneUser({ jobTitle: "Old" });
    place.replaced.set(ADA, [{ name: "jobTitle", value: "Old", at: place.clock.now() }]);
    expect(await changeValues(place, ADA, [update("jobTitle", "Aside", "New")])).toMatchObject([{ kind: "refused" }]);
  });

  it("of hire and leave dates have a PATCH of their own each", async () => {
    const { place, patches } = oneUser({ jobTitle: null, employeeHireDate: null, employeeLeaveDateTime: null });
    await changeValues(place, ADA, [
      update("employeeHireDate", null, "2026-12-01"),
      update("jobTitle", null, "New"),
      update("employeeLeaveDateTime", null, "2027-12-01T17:00:00Z"),
    ]);
    expect(patches()).toEqual([
      { jobTitle: "New" },
      { employeeHireDate: "2026-12-01T00:00:00Z" },
      { employeeLeaveDateTime: "2027-12-01T17:00:00Z" },
    ]);
  });

  it("where one is refused do not take the others with them", async () => {
    const bad = refusal(400, "Request_BadRequest", "Invalid value specified for property 'city' of resource 'User'.");
    const { place, state } = oneUser({ jobTitle: null, city: null }, (body) => ("city" in body ? bad : undefined));
    const ops = [update("city", null, "?"), update("jobTitle", null, "New")];
    const outcomes = await changeValues(place, ADA, ops);
    expect(outcomes.map(({ kind, code }) => [kind, code])).toEqual([
      ["failed", "MUS-5006"],
      ["done", null],
    ]);
    expect(state.jobTitle).toBe("New");
  });

  it("of a synced user are not sent, but for what the cloud holds", async () => {
    const { place, patches } = oneUser({ onPremisesSyncEnabled: true, jobTitle: null, usageLocation: null });
    const outcomes = await changeValues(place, ADA, [
      update("jobTitle", null, "New"),
      update("usageLocation", null, "DE"),
    ]);
    expect(outcomes.map(({ kind, code }) => [kind, code])).toEqual([
      ["failed", "MUS-5203"],
      ["done", null],
    ]);
    expect(patches()).toEqual([{ usageLocation: "DE" }]);
  });

  it("whose answer was lost are done when the user is as wanted, and sent again when it is not", async () => {
    let lost = 2;
    const { place, state, patches } = oneUser({ jobTitle: "Old" }, (body) => {
      lost -= 1;
      if (lost < 0) return undefined;
      // The first one never arrives, the second one does.
      if (lost === 0) Object.assign(state, body);
      return "lost";
    });
    const [outcome] = await changeValues(place, ADA, [update("jobTitle", "Old", "New")]);
    expect(outcome).toMatchObject({ kind: "done" });
    expect(patches()).toHaveLength(2);
  });

  it("whose answer is lost each time are unknown", async () => {
    const { place } = oneUser({ jobTitle: "Old" }, () => "lost");
    const [outcome] = await changeValues(place, ADA, [update("jobTitle", "Old", "New")]);
    expect(outcome).toMatchObject({ kind: "unknown", code: "MUS-5007" });
  });

  it("of a manager are a reference, and wait for an account of this run", async () => {
    let refused = 3;
    const { place, asked } = answeringGraph(({ method }) => {
      if (method !== "PUT") return undefined;
      refused -= 1;
      return refused >= 0 ? refusal(404, "Request_ResourceNotFound") : { status: 204 };
    });
    place.young.set(ADA, place.clock.now());
    const op = update("manager", null, { ref: "person:hr:9" as IdentityKey });
    expect(await changeValues(place, ADA, [op])).toMatchObject([{ kind: "done" }]);
    expect(asked).toHaveLength(4);
    expect(asked.at(-1)).toMatchObject({
      method: "PUT",
      path: `/users/${ADA}/manager/$ref`,
      body: { "@odata.id": `${ROOT}/v1.0/users/${BOSS}` },
    });
  });

  it("of a manager who is gone are refused at once", async () => {
    const { place, writes } = answeringGraph(({ method }) => {
      const user = { status: 200, body: { id: ADA, onPremisesSyncEnabled: null } };
      return method === "GET" ? user : refusal(404, "Request_ResourceNotFound");
    });
    const op = update("manager", null, { ref: "person:hr:9" as IdentityKey });
    expect(await changeValues(place, ADA, [op])).toMatchObject([{ kind: "refused", code: "MUS-5005" }]);
    expect(writes()).toHaveLength(1);
  });
});
