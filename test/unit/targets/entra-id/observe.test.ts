import { describe, expect, it } from "vitest";
import type { Selection } from "../../../../reconciler/model/observed.js";
import type { PictureMemory } from "../../../../reconciler/model/ports.js";
import { observeTenant } from "../../../../reconciler/targets/entra-id/observe.js";
import type { Place } from "../../../../reconciler/targets/entra-id/place.js";
import { doubt } from "../../../../reconciler/targets/entra-id/remember.js";
import { type Asked, answeringGraph, id, ROOT, refusal, type Scripted } from "../../../support/answering-graph.js";

const TEAM = id("a");
const ADMINS = id("b");
const UNIT = id("77");
const [E3, E5] = [id("e3"), id("e5")];
const DAY = 24 * 3_600_000;

type Json = Record<string, unknown>;
type World = {
  users: Map<string, Json>;
  groups: Map<string, Json>;
  members: Record<string, string[]>;
  named: string[];
};

const selection: Selection = {
  attributes: ["jobTitle", "manager", "onPremisesExtensionAttributes.extensionAttribute1"],
  groups: [{ name: "Team", anchor: null }],
  licences: ["ENTERPRISEPACK"],
};

function user(n: number, more: Json = {}): Json {
  const upn = `user${n}@contoso.example`;
  return {
    id: id(n),
    accountEnabled: true,
    assignedLicenses: [],
    createdDateTime: "2026-01-01T00:00:00Z",
    employeeType: null,
    isManagementRestricted: null,
    jobTitle: `Title ${n}`,
    licenseAssignmentStates: [],
    mail: null,
    mailNickname: `user${n}`,
    onPremisesExtensionAttributes: { extensionAttribute1: null },
    onPremisesImmutableId: null,
    onPremisesSyncEnabled: null,
    proxyAddresses: [],
    userPrincipalName: upn,
    ...more,
  };
}

function group(anchor: string, displayName: string, more: Json = {}): Json {
  const kind = { groupTypes: [], mailEnabled: false, securityEnabled: true, isAssignableToRole: null };
  const rest = { mail: null, mailNickname: displayName, onPremisesSyncEnabled: null, proxyAddresses: [] };
  return { id: anchor, displayName, isManagementRestricted: null, ...kind, ...rest, ...more };
}

function aWorld(): World {
  const boss = { manager: { id: id(1) } };
  const people = [user(1), user(2, boss), user(3, boss), ...[4, 5, 6, 7].map((n) => user(n))];
  return {
    users: new Map(people.map((one) => [String(one.id), one])),
    groups: new Map([
      [TEAM, group(TEAM, "Team")],
      [ADMINS, group(ADMINS, "Admins", { isAssignableToRole: true })],
    ]),
    members: { [TEAM]: [id(2), id("dead")], [ADMINS]: [id(4)] },
    named: [],
  };
}

const roles = [
  { id: "assignment-1", principalId: id(3), roleDefinitionId: "r" },
  { id: "assignment-2", principalId: ADMINS, roleDefinitionId: "r" },
];
const sku = {
  id: "t_sku",
  skuId: E3,
  skuPartNumber: "ENTERPRISEPACK",
  consumedUnits: 1,
  prepaidUnits: { enabled: 5, warning: 0 },
  servicePlans: [],
};

/** Answers as the world is now; delta names whom the test says. */
function answer(world: World, { method, path }: Asked): Scripted | undefined {
  const list = (value: unknown[], more: Json = {}): Scripted => ({ status: 200, body: { value, ...more } });
  const [address = ""] = path.split("?");
  const [, collection = "", key = "", relation = ""] = address.split("/");
  if (method !== "GET") return undefined;
  if (address.endsWith("/$count")) return { status: 200, body: countOf(world, address) };
  if (address === "/users/delta" || address === "/groups/delta") {
    const own = collection === "users" ? world.users : world.groups;
    const other = collection === "users" ? world.groups : world.users;
    const named = path.includes("latest") ? [] : world.named.filter((one) => own.has(one) || !other.has(one));
    return list(
      named.map((one) => ({ id: one })),
      { "@odata.deltaLink": `${ROOT}/v1.0${address}?$deltatoken=next` },
    );
  }
  if (address === "/users") return list([...world.users.values()]);
  if (address === "/groups") return list([...world.groups.values()]);
  if (collection === "groups" && relation !== "") return list((world.members[key] ?? []).map((one) => ({ id: one })));
  if (collection === "users" || collection === "groups") {
    const found = world[collection].get(key);
    const context = { "@odata.context": `${ROOT}/v1.0/$metadata#${collection}/$entity` };
    return found === undefined ? undefined : { status: 200, body: { ...context, ...found } };
  }
  if (address === "/subscribedSkus") return list([sku, { ...sku, id: "other", skuId: E5, skuPartNumber: "OTHER" }]);
  if (address === "/roleManagement/directory/roleAssignments") return list(roles);
  if (address === "/roleManagement/directory/roleDefinitions")
    return list([{ id: "r", displayName: "User Administrator" }]);
  if (address === "/directory/administrativeUnits") return list([{ id: UNIT, displayName: "Berlin" }]);
  if (address === `/directory/administrativeUnits/${UNIT}/members`) return list([{ id: id(2) }]);
  if (address === "/directory/deletedItems/microsoft.graph.user")
    return list([{ id: id(50), userPrincipalName: `${id(50).replaceAll("-", "")}gone@contoso.example`, mail: null }]);
  return undefined;
}

function countOf(world: World, address: string): number {
  const [, collection = "", key = ""] = address.split("/");
  if (key === "$count") return collection === "users" ? world.users.size : world.groups.size;
  return (world.members[key] ?? []).length;
}

function memoryOf(): PictureMemory & { stored: () => unknown } {
  let text: string | null = null;
  return {
    load: () => (text === null ? undefined : JSON.parse(text)),
    save: (value) => {
      text = JSON.stringify(value);
    },
    stored: () => (text === null ? null : JSON.parse(text)),
  };
}

function open(more: Partial<Place> = {}) {
  const world = aWorld();
  const time = { ms: 0 };
  const graph = answeringGraph((asked) => answer(world, asked), more);
  const { clock } = graph.place;
  const place = { ...graph.place, clock: { now: () => clock.now() + time.ms } };
  const observe = (memory?: PictureMemory) => observeTenant(place, selection, memory);
  return { ...graph, place, world, time, observe };
}

describe("a full read", () => {
  it("shows accounts with managers by their address, and whom not to touch", async () => {
    const picture = await open().observe();
    const accounts = new Map(picture.accounts.map((one) => [one.anchor, one]));
    expect(accounts.get(id(2))).toMatchObject({
      address: "user2@contoso.example",
      container: null,
      managed: true,
      enabled: true,
      attributes: { jobTitle: "Title 2", manager: { dn: "user1@contoso.example" } },
      authority: "cloud",
      protected: null,
    });
    expect(accounts.get(id(3))?.protected).toBe("holds the role User Administrator");
    expect(accounts.get(id(4))?.protected).toBe("holds the role User Administrator through the group Admins");
  });

  it("shows the groups and products that are asked for", async () => {
    const { observe, world } = open();
    world.users.set(
      id(5),
      user(5, { licenseAssignmentStates: [{ skuId: E3, assignedByGroup: null, disabledPlans: [] }] }),
    );
    const { groups, names } = await observe();
    expect(groups).toMatchObject([
      { anchor: TEAM, address: "Team", managed: true, members: [id(2)], others: 1 },
      { anchor: E3, address: "ENTERPRISEPACK", members: [id(5)], inherited: [], licence: { seats: 5, used: 1 } },
    ]);
    expect(names.filter(({ anchor }) => anchor === TEAM)).toEqual([
      { space: "mailNickname", value: "Team", anchor: TEAM },
    ]);
  });

  it.each([
    ["dynamic", { groupTypes: ["DynamicMembership"] }, /rule/],
    ["synchronised", { onPremisesSyncEnabled: true }, /Active Directory/],
    ["mail-enabled", { mailEnabled: true }, /Exchange/],
    ["role-assignable", { isAssignableToRole: true }, /role-assignable/],
    ["restricted", { isManagementRestricted: true }, /restricted/],
    ["a Microsoft 365 group", { mailEnabled: true, groupTypes: ["Unified"] }, null],
  ])("says why the members of a group cannot be written: %s", async (_, more, why) => {
    const { observe, world } = open();
    world.groups.set(TEAM, group(TEAM, "Team", more));
    const [seen] = (await observe()).groups;
    if (why === null) expect(seen).not.toHaveProperty("obstacle");
    else expect(seen?.obstacle).toMatch(why);
  });

  it("never takes the empty list of a hidden membership for nobody", async () => {
    const { observe, world } = open();
    const hidden = { visibility: "HiddenMembership" };
    world.groups.set(TEAM, group(TEAM, "Team", hidden));
    expect((await observe()).groups[0]).not.toHaveProperty("unreadable");
    world.members[TEAM] = [];
    expect((await observe()).groups[0]).toMatchObject({
      unreadable: true,
      obstacle: expect.stringContaining("hidden"),
    });
    world.groups.set(TEAM, group(TEAM, "Team"));
    expect((await observe()).groups[0]).not.toHaveProperty("unreadable");
    world.groups.set(ADMINS, group(ADMINS, "Admins", { isAssignableToRole: true, ...hidden }));
    world.members[ADMINS] = [];
    await expect(observe()).rejects.toThrow(/MUS-5003 the members of Admins, who hold the role .* are hidden/);
  });

  it("is refused where a name means several groups", async () => {
    const { observe, world } = open();
    world.groups.set(id("c"), group(id("c"), "team"));
    await expect(observe()).rejects.toThrow(/MUS-5003 2 groups are called "Team"/);
  });

  it("is refused where a selected property is missing from the reply", async () => {
    const { observe, world } = open();
    const { jobTitle: _, ...without } = user(6);
    world.users.set(id(6), without);
    await expect(observe()).rejects.toThrow(/MUS-5003 jobTitle was asked for/);
  });

  it("is refused where roles may not be read: nobody would be protected", async () => {
    const world = aWorld();
    const forbidden = refusal(403, "Authorization_RequestDenied");
    const { place } = answeringGraph((asked) =>
      asked.path.startsWith("/roleManagement") ? forbidden : answer(world, asked),
    );
    await expect(observeTenant(place, selection)).rejects.toThrow(/MUS-5202/);
  });

  it("manages the members of an administrative unit only, where the Target says so", async () => {
    const { observe } = open({ managed: { accounts: ["berlin"], groups: null } });
    const picture = await observe();
    expect(picture.accounts.filter(({ managed }) => managed).map(({ anchor }) => anchor)).toEqual([id(2)]);
    expect(picture.groups[0]?.managed).toBe(false);
    const wrong = open({ managed: { accounts: ["Hamburg"], groups: null } });
    await expect(wrong.observe()).rejects.toThrow(/MUS-5003 no administrative unit is called "Hamburg"/);
  });

  it("looks for deleted users only where anchors are missing", async () => {
    const { place, asked } = open();
    const { deleted } = await observeTenant(place, { ...selection, anchors: [id(1), id(50), id(51)] });
    expect(deleted).toEqual([{ anchor: id(50), names: { userPrincipalName: "gone@contoso.example" }, obstacle: null }]);
    asked.splice(0);
    await observeTenant(place, { ...selection, anchors: [id(1)] });
    expect(asked.some(({ path }) => path.startsWith("/directory/deletedItems"))).toBe(false);
  });
});

describe("an incremental read", () => {
  const withoutHow = ({ how: _, ...picture }: Awaited<ReturnType<typeof observeTenant>>) => picture;

  it("without a change asks four questions and one more for each role-assignable group", async () => {
    const { observe, asked } = open();
    const memory = memoryOf();
    const full = await observe(memory);
    expect(full.how).toEqual({ kind: "full", why: "nothing usable is remembered" });
    asked.splice(0);
    const next = await observe(memory);
    expect(next.how).toEqual({ kind: "incremental", why: null });
    expect(withoutHow(next)).toEqual(withoutHow(full));
    expect(asked.map(({ path }) => path.split("?")[0]).sort()).toEqual([
      `/groups/${ADMINS}/transitiveMembers`,
      "/groups/delta",
      "/roleManagement/directory/roleAssignments",
      "/subscribedSkus",
      "/users/delta",
    ]);
  });

  it("equals a full one after changes of every kind", async () => {
    const { observe, world } = open();
    const memory = memoryOf();
    await observe(memory);
    world.users.set(id(2), user(2, { jobTitle: null, manager: { id: id(5) } }));
    world.users.set(id(8), user(8, { createdDateTime: "2026-02-01T00:00:00Z" }));
    world.users.delete(id(1));
    // Graph removes the manager who is gone, and delta does not name the report.
    world.users.set(id(3), user(3));
    world.groups.set(TEAM, group(TEAM, "TEAM"));
    world.members[TEAM] = [id(5), id(8)];
    world.named = [id(2), id(8), id(1), TEAM, id(2)];
    const next = await observe(memory);
    expect(next.how.kind).toBe("incremental");
    expect(withoutHow(next)).toEqual(withoutHow(await observe()));
    world.users.delete(id(8));
    world.named = [id(8)];
    expect(withoutHow(await observe(memory))).toEqual(withoutHow(await observe()));
  });

  it("gives way to a full one where an account came back: who refers to it is not named", async () => {
    const { observe, world } = open();
    const memory = memoryOf();
    await observe(memory);
    world.users.set(id(8), user(8));
    world.named = [id(8)];
    expect((await observe(memory)).how).toMatchObject({ kind: "full", why: expect.stringContaining("restored") });
  });

  it("reads again for ten minutes who changed: a replica may have shown the past", async () => {
    const { observe, world, time } = open();
    const memory = memoryOf();
    await observe(memory);
    world.named = [id(2)];
    await observe(memory);
    world.named = [];
    world.users.set(id(2), user(2, { jobTitle: "Late" }));
    time.ms += 60_000;
    const titleOf = async () =>
      (await observe(memory)).accounts.find(({ anchor }) => anchor === id(2))?.attributes.jobTitle;
    expect(await titleOf()).toBe("Late");
    world.users.set(id(2), user(2, { jobTitle: "Never told of" }));
    time.ms += 11 * 60_000;
    expect(await titleOf()).toBe("Late");
  });

  it("reads again whom a run found to be other than remembered", async () => {
    const { observe, world, place } = open();
    const memory = memoryOf();
    await observe(memory);
    world.users.set(id(3), user(3, { jobTitle: "Other" }));
    doubt(memory, [id(3)], place.clock.now());
    const seen = (await observe(memory)).accounts.find(({ anchor }) => anchor === id(3));
    expect(seen?.attributes.jobTitle).toBe("Other");
  });

  it("gives way to a full one after six days, for another question, and where Graph has forgotten", async () => {
    const { observe, time, place } = open();
    const memory = memoryOf();
    await observe(memory);
    time.ms += 6 * DAY + 1;
    expect((await observe(memory)).how).toEqual({ kind: "full", why: "the last full read is more than 6 days ago" });
    const other = { ...selection, attributes: ["city"] };
    await expect(observeTenant(place, other, memory)).rejects.toThrow(/MUS-5003 city was asked for/);
    const world = aWorld();
    const gone = answeringGraph((asked) =>
      asked.path.includes("$deltatoken=next") ? refusal(410, "syncStateNotFound") : answer(world, asked),
    );
    const remembered = memoryOf();
    await observeTenant(gone.place, selection, remembered);
    expect((await observeTenant(gone.place, selection, remembered)).how).toEqual({
      kind: "full",
      why: "Entra ID no longer knows the changes since the last read",
    });
  });
});

describe("a lost permission", () => {
  it("is seen by a full read where many had what nobody has any more", async () => {
    const { observe, world, time } = open();
    const memory = memoryOf();
    await observe(memory);
    for (const [anchor, one] of world.users) world.users.set(anchor, { ...one, jobTitle: null });
    time.ms += 7 * DAY;
    await expect(observe(memory)).rejects.toThrow(/MUS-5003 nobody has jobTitle any more/);
  });

  it("is seen by an incremental read, which asks one who did not change", async () => {
    const { observe, world } = open();
    const memory = memoryOf();
    await observe(memory);
    for (const [anchor, one] of world.users) world.users.set(anchor, { ...one, jobTitle: null });
    world.named = [id(2)];
    await expect(observe(memory)).rejects.toThrow(/MUS-5003 nobody has jobTitle any more/);
  });

  it("is not seen in the annotations that only objects have which were read one by one", async () => {
    const { observe, world, time } = open();
    const memory = memoryOf();
    await observe(memory);
    world.named = [...world.users.keys()];
    expect((await observe(memory)).how.kind).toBe("incremental");
    time.ms += 7 * DAY;
    expect((await observe(memory)).how.kind).toBe("full");
  });

  it("is not seen where one person lost a title", async () => {
    const { observe, world } = open();
    const memory = memoryOf();
    await observe(memory);
    world.users.set(id(2), user(2, { jobTitle: null }));
    world.named = [id(2)];
    expect((await observe(memory)).accounts.find(({ anchor }) => anchor === id(2))?.attributes).toEqual({});
  });
});
