import { describe, expect, it } from "vitest";
import type { Anchor } from "../../../../reconciler/model/observed.js";
import { changeMembers, membershipPath } from "../../../../reconciler/targets/entra-id/write/members.js";
import { type Asked, answeringGraph, id, refusal, type Scripted } from "../../../support/answering-graph.js";
import { readyOp } from "../../../support/ready-ops.js";

const GROUP = id("a");

function ops(verb: "add-member" | "remove-member", anchors: readonly Anchor[]) {
  return anchors.map((anchor) => ({ ...readyOp(verb, { object: { anchor }, slot: GROUP }), anchor }));
}

/** A group as Graph keeps it: twenty at most in one PATCH, all of them or none, and no name in a refusal. */
function aGroup(options: {
  members?: Anchor[];
  gone?: Anchor[];
  poisoned?: Anchor[];
  answer?: (n: number) => Scripted | undefined;
}) {
  const members = new Set(options.members ?? []);
  let patches = 0;
  const graph = answeringGraph(({ method, path, body }: Asked) => {
    if (method === "GET" && path.startsWith(`/groups/${GROUP}/members?`))
      return { status: 200, body: { value: [...members].map((member) => ({ id: member })) } };
    if (method === "GET" && path.startsWith("/users/")) {
      const anchor = path.slice("/users/".length).split("?")[0] ?? "";
      if (options.gone?.includes(anchor)) return undefined;
      return { status: 200, body: { id: anchor } };
    }
    if (method === "DELETE") return members.delete(path.split("/")[4] ?? "") ? { status: 204 } : notFound;
    if (method !== "PATCH") return undefined;
    const said = options.answer?.(patches++);
    if (said !== undefined) return said;
    const links = body["members@odata.bind"] as string[];
    const ids = links.map((link) => link.split("/").at(-1) ?? "");
    if (ids.length > 20) return refusal(400, "Request_BadRequest", "too many");
    if (ids.some((one) => options.gone?.includes(one))) return notFound;
    if (ids.some((one) => members.has(one)))
      return refusal(
        400,
        "Request_BadRequest",
        "One or more added object references already exist for the following modified properties: 'members'.",
      );
    if (ids.some((one) => options.poisoned?.includes(one)))
      return refusal(400, "Request_BadRequest", "no reason at all");
    for (const one of ids) members.add(one);
    return { status: 204 };
  });
  return { ...graph, members };
}

const notFound = refusal(404, "Request_ResourceNotFound");
const people = (count: number) => Array.from({ length: count }, (_, i) => id(i + 1));
const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind);

describe("members", () => {
  it("that a replica does not show yet are told by the refusal of each alone", async () => {
    const graph = answeringGraph(({ method, path }) => {
      if (method === "PATCH")
        return refusal(400, "Request_BadRequest", "One or more added object references already exist");
      if (path.startsWith("/users/")) return { status: 200, body: { id: path.slice(7, 43) } };
      return { status: 200, body: { value: [] } };
    });
    expect(kinds(await changeMembers(graph.place, GROUP, ops("add-member", people(3))))).toEqual(
      Array(3).fill("already"),
    );
  });

  it("are added by twenty", async () => {
    const { place, members, writes } = aGroup({});
    expect(new Set(kinds(await changeMembers(place, GROUP, ops("add-member", people(45)))))).toEqual(new Set(["done"]));
    expect(members.size).toBe(45);
    expect(writes()).toEqual(Array(3).fill(`PATCH /groups/${GROUP}`));
  });

  it("that are in already or gone are sorted out with one more write", async () => {
    const [a, b, c, d] = people(4) as [Anchor, Anchor, Anchor, Anchor];
    const { place, writes } = aGroup({ members: [b], gone: [c] });
    const wanted = ops("add-member", [a, b, c, d]);
    const outcomes = await changeMembers(place, GROUP, wanted);
    const byOp = new Map(outcomes.map((one) => [one.op, one.kind]));
    expect(wanted.map(({ op }) => byOp.get(op.id))).toEqual(["done", "already", "refused", "done"]);
    expect(writes()).toHaveLength(2);
  });

  it("that Graph refuses for no reason it gives are found by halves", async () => {
    const all = people(20);
    const poisoned = [all[13] ?? ""];
    const { place, members, writes } = aGroup({ poisoned });
    const outcomes = await changeMembers(place, GROUP, ops("add-member", all));
    expect(outcomes.filter(({ kind }) => kind === "done")).toHaveLength(19);
    expect(outcomes.filter(({ kind }) => kind !== "done")).toMatchObject([{ kind: "failed", anchor: all[13] }]);
    expect(members.size).toBe(19);
    // One refusal per halving of twenty, and one success beside each.
    expect(writes().length).toBeLessThanOrEqual(11);
  });

  it("whose answer was lost are done where they are in, and sent again where not", async () => {
    const [a, b] = people(2) as [Anchor, Anchor];
    const { place, members } = aGroup({ answer: (n) => (n === 0 ? "lost" : undefined) });
    expect(kinds(await changeMembers(place, GROUP, ops("add-member", [a, b])))).toEqual(["done", "done"]);
    expect([...members].sort()).toEqual([a, b]);
  });

  it("are not tried one by one where the application may not write the group", async () => {
    const { place, writes } = aGroup({ answer: () => refusal(403, "Authorization_RequestDenied") });
    const outcomes = await changeMembers(place, GROUP, ops("add-member", people(20)));
    expect(new Set(outcomes.map(({ kind, code }) => `${kind} ${code}`))).toEqual(new Set(["failed MUS-5202"]));
    expect(writes()).toHaveLength(1);
  });

  it("are refused where the group is gone", async () => {
    const { place } = answeringGraph(() => notFound);
    expect(kinds(await changeMembers(place, GROUP, ops("add-member", people(2))))).toEqual(["refused", "refused"]);
    expect(kinds(await changeMembers(place, GROUP, ops("remove-member", people(2))))).toEqual(["already", "already"]);
  });

  it("leave by their reference: without /$ref the account itself would be deleted", async () => {
    const [a, b] = people(2) as [Anchor, Anchor];
    expect(membershipPath(GROUP, a).text).toBe(`/groups/${GROUP}/members/${a}/$ref`);
    expect(() => membershipPath(GROUP, "")).toThrow(/MUS-9001/);
    const { place, members, writes } = aGroup({ members: [a] });
    expect(kinds(await changeMembers(place, GROUP, ops("remove-member", [a, b])))).toEqual(["done", "already"]);
    expect(members.size).toBe(0);
    expect(writes().every((write) => write.endsWith("/$ref"))).toBe(true);
  });

  it.each(["add-member", "remove-member"] as const)(
    "%s is refused with the reason when the group has become dynamic",
    async (verb) => {
      const { place } = answeringGraph(({ method, path }: Asked) =>
        method === "GET" && path.startsWith(`/groups/${GROUP}?`)
          ? { status: 200, body: { id: GROUP, groupTypes: ["DynamicMembership"] } }
          : refusal(403, "Authorization_RequestDenied"),
      );
      const outcomes = await changeMembers(place, GROUP, ops(verb, people(2)));
      expect(kinds(outcomes)).toEqual(["refused", "refused"]);
      expect(outcomes[0]).toMatchObject({ code: "MUS-5005", detail: expect.stringContaining("dynamic group") });
    },
  );

  it("a denial of a group whose members can be written stays a lack of permission", async () => {
    const { place } = answeringGraph(({ method, path }: Asked) =>
      method === "GET" && path.startsWith(`/groups/${GROUP}?`)
        ? { status: 200, body: { id: GROUP, groupTypes: [], securityEnabled: true } }
        : refusal(403, "Authorization_RequestDenied"),
    );
    const [outcome] = await changeMembers(place, GROUP, ops("add-member", people(1)));
    expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5202" });
  });
});
