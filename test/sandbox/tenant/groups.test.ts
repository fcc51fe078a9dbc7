import { expect } from "vitest";
import { describeCases } from "./cases.js";
import {
  addGroup,
  addMember,
  expectRefusal,
  GRAPH,
  groupBody,
  memberIds,
  reference,
  UNIFIED,
} from "./group-helpers.js";
import { EVENTUAL } from "./open-tenant.js";

describeCases("group kinds", {
  "[D 13] a new security group shows the default set, and no licences": async (t) => {
    const reply = await t.ask("POST", "/groups", { body: groupBody("kind-default") });
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({ securityEnabled: true, mailEnabled: false, groupTypes: [] });
    expect(reply.body).not.toHaveProperty("assignedLicenses");
  },
  "[D 27] a Microsoft 365 group gets an address": async (t) => {
    const id = await addGroup(t, "kind-unified", UNIFIED);
    const { body } = await t.ask("GET", `/groups/${id}?$select=mail,proxyAddresses`);
    expect(body.mail).toBe("kind-unified@adventure-works.com");
    expect(body.proxyAddresses).toEqual(["SMTP:kind-unified@adventure-works.com"]);
  },
  "[D 27] a mail-enabled security group cannot be made": async (t) => {
    const body = { ...groupBody("kind-mesg"), mailEnabled: true };
    expectRefusal(await t.ask("POST", "/groups", { body }), 400, "does not currently support writes of mail-enabled");
  },
  "[F] a name that another group has is refused with ObjectConflict": async (t) => {
    await addGroup(t, "kind-twin");
    const reply = await t.ask("POST", "/groups", { body: groupBody("KIND-twin") });
    expectRefusal(reply, 400, "same value for property mailNickname");
    expect(reply.body.error.details?.[0]).toMatchObject({ code: "ObjectConflict", target: "mailNickname" });
  },
  "[D 12] a mailNickname has no blank": async (t) => {
    const reply = await t.ask("POST", "/groups", { body: { ...groupBody("x"), mailNickname: "a b" } });
    expectRefusal(reply, 400, "Invalid value specified for property 'mailNickname'");
  },
  "[D 13] a role-assignable group needs RoleManagement.ReadWrite.Directory": async (t) => {
    const body = { ...groupBody("kind-role"), isAssignableToRole: true };
    const reply = await t.ask("POST", "/groups", { body, permissions: ["Group.ReadWrite.All"] });
    expect(reply.body.error.code).toBe("Authorization_RequestDenied");
    expect((await t.ask("POST", "/groups", { body })).status).toBe(201);
  },
  "[D 13] isAssignableToRole is immutable": async (t) => {
    const id = await addGroup(t, "kind-fixed");
    expect((await t.ask("PATCH", `/groups/${id}`, { body: { isAssignableToRole: true } })).status).toBe(400);
  },
  "[D 24] a security group is deleted for good, a Microsoft 365 group is kept": async (t) => {
    const [security, unified] = [await addGroup(t, "gone-s"), await addGroup(t, "gone-u", UNIFIED)];
    for (const id of [security, unified]) expect((await t.ask("DELETE", `/groups/${id}`)).status).toBe(204);
    const { body } = await t.ask("GET", "/directory/deletedItems/microsoft.graph.group");
    expect(body.value.map(({ id }) => id)).toEqual([unified]);
  },
  "[D 37] members may be written with GroupMember.ReadWrite.All, properties not": async (t) => {
    const [id, user] = [await addGroup(t, "rights"), await t.addUser("rights")];
    const permissions = ["GroupMember.ReadWrite.All"];
    const body = reference(user);
    expect((await t.ask("POST", `/groups/${id}/members/$ref`, { body, permissions })).status).toBe(204);
    const rename = { displayName: "other" };
    expect((await t.ask("PATCH", `/groups/${id}`, { body: rename, permissions })).status).toBe(403);
  },
  "[D 15] groups are filtered by displayName": async (t) => {
    const id = await addGroup(t, "findable");
    const { body } = await t.ask("GET", "/groups?$filter=displayName eq 'findable'&$select=id");
    expect(body.value).toEqual([{ id }]);
  },
});

describeCases("members", {
  "[D 28] one is added by reference": async (t) => {
    const [group, user] = [await addGroup(t, "one"), await t.addUser("one")];
    expect((await addMember(t, group, user)).status).toBe(204);
    expect(await memberIds(t, group)).toEqual([user]);
  },
  "[F] who is a member already is refused": async (t) => {
    const [group, user] = [await addGroup(t, "again"), await t.addUser("again")];
    await addMember(t, group, user);
    expectRefusal(
      await addMember(t, group, user),
      400,
      "One or more added object references already exist for the following modified properties: 'members'.",
    );
  },
  "[D 28] an unknown object is 404": async (t) => {
    const group = await addGroup(t, "unknown");
    expectRefusal(await addMember(t, group, "11111111-0000-4000-8000-000000000000"), 404, "does not exist");
  },
  "[D 28] twenty are added in one PATCH, twenty-one are refused": async (t) => {
    const [twenty, more] = [await addGroup(t, "twenty"), await addGroup(t, "more")];
    const binds: string[] = [];
    for (let n = 0; n <= 20; n++) binds.push(`${GRAPH}/directoryObjects/${await t.addUser(`bulk${n}`)}`);
    const patch = (id: string, list: readonly string[]) =>
      t.ask("PATCH", `/groups/${id}`, { body: { "members@odata.bind": list } });
    expect((await patch(twenty, binds.slice(0, 20))).status).toBe(204);
    expect((await patch(more, binds)).status).toBe(400);
    expect((await memberIds(t, twenty)).length).toBe(20);
    expect(await memberIds(t, more)).toEqual([]);
  },
  "[D 28] one duplicate fails the whole PATCH": async (t) => {
    const [group, a, b] = [await addGroup(t, "whole"), await t.addUser("whole-a"), await t.addUser("whole-b")];
    await addMember(t, group, a);
    const list = [b, a].map((id) => `${GRAPH}/directoryObjects/${id}`);
    expect((await t.ask("PATCH", `/groups/${group}`, { body: { "members@odata.bind": list } })).status).toBe(400);
    expect(await memberIds(t, group)).toEqual([a]);
  },
  "[D 26] removal takes /$ref; who is no member is 404": async (t) => {
    const [group, user] = [await addGroup(t, "remove"), await t.addUser("remove")];
    await addMember(t, group, user);
    expect((await t.ask("DELETE", `/groups/${group}/members/${user}/$ref`)).status).toBe(204);
    expect((await t.ask("DELETE", `/groups/${group}/members/${user}/$ref`)).status).toBe(404);
    expect((await t.ask("GET", `/users/${user}`)).status).toBe(200);
  },
  "[D 26] without /$ref the member itself is deleted": async (t) => {
    const [group, user] = [await addGroup(t, "trap"), await t.addUser("trap")];
    await addMember(t, group, user);
    expect((await t.ask("DELETE", `/groups/${group}/members/${user}`)).status).toBe(204);
    expect((await t.ask("GET", `/users/${user}`)).status).toBe(404);
    expect((await t.ask("GET", `/directory/deletedItems/${user}`)).status).toBe(200);
  },
  "[D 26] the trap needs the permission to delete users": async (t) => {
    const [group, user] = [await addGroup(t, "safe"), await t.addUser("safe")];
    await addMember(t, group, user);
    const permissions = ["GroupMember.ReadWrite.All"];
    expect((await t.ask("DELETE", `/groups/${group}/members/${user}`, { permissions })).status).toBe(403);
    expect((await t.ask("GET", `/users/${user}`)).status).toBe(200);
  },
  "[F] the members of a dynamic group are refused as if a permission were missing": async (t) => {
    const dynamic = { groupTypes: ["DynamicMembership"], membershipRule: 'user.department -eq "x"' };
    const [group, user] = [await addGroup(t, "dynamic", dynamic), await t.addUser("dynamic")];
    const reply = await addMember(t, group, user);
    expect([reply.status, reply.body.error.code]).toEqual([403, "Authorization_RequestDenied"]);
  },
  "[D 28] the members of a role-assignable group need RoleManagement.ReadWrite.Directory": async (t) => {
    const [group, user] = [await addGroup(t, "ra", { isAssignableToRole: true }), await t.addUser("ra")];
    const permissions = ["GroupMember.ReadWrite.All", "Group.ReadWrite.All"];
    const body = reference(user);
    expect((await t.ask("POST", `/groups/${group}/members/$ref`, { body, permissions })).status).toBe(403);
    expect((await addMember(t, group, user)).status).toBe(204);
  },
  "[F] a Microsoft 365 group keeps its last owner": async (t) => {
    const [group, user] = [await addGroup(t, "owned", UNIFIED), await t.addUser("owner")];
    await t.ask("POST", `/groups/${group}/owners/$ref`, { body: reference(user) });
    const reply = await t.ask("DELETE", `/groups/${group}/owners/${user}/$ref`);
    expectRefusal(reply, 400, "The group must have at least one owner, hence this owner cannot be removed.");
  },
  "[D 22] the quota of owners is reported before the duplicate": async (t) => {
    const group = await addGroup(t, "crowd");
    const ids: string[] = [];
    for (let n = 0; n < 100; n++) ids.push(await t.addUser(`owner${n}`));
    for (const id of ids) await t.ask("POST", `/groups/${group}/owners/$ref`, { body: reference(id) });
    const reply = await t.ask("POST", `/groups/${group}/owners/$ref`, { body: reference(ids[0] ?? "") });
    expectRefusal(reply, 403, "maximum quota count '100' for forward-link 'owners'");
    expect(reply.body.error.code).toBe("Directory_QuotaExceeded");
  },
  "[D 5] members come by pages, each once": async (t) => {
    const group = await addGroup(t, "pages");
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(await t.addUser(`paged${n}`));
    for (const id of ids) await addMember(t, group, id);
    const seen: string[] = [];
    let next = `/groups/${group}/members?$top=2&$select=id`;
    for (let page = 0; next !== undefined && page < 10; page++) {
      const { body } = await t.ask("GET", next);
      seen.push(...body.value.map(({ id }) => id));
      next = body["@odata.nextLink"];
    }
    expect(seen).toEqual(ids);
  },
  "[D 27] a member carries its type; the cast leaves users with their properties": async (t) => {
    const [group, nested] = [await addGroup(t, "mixed"), await addGroup(t, "mixed-inner")];
    const user = await t.addUser("mixed", { employeeId: "77" });
    for (const id of [nested, user]) await addMember(t, group, id);
    const { body } = await t.ask("GET", `/groups/${group}/members`);
    expect(body.value.map((one) => one["@odata.type"])).toEqual(["#microsoft.graph.group", "#microsoft.graph.user"]);
    const cast = await t.ask("GET", `/groups/${group}/members/microsoft.graph.user?$select=id,employeeId`);
    expect(cast.body.value).toEqual([{ id: user, employeeId: "77" }]);
  },
  "[D 39] hidden members are listed with Member.Read.Hidden only; [U] without it the list is empty": async (t) => {
    const hidden = { ...UNIFIED, visibility: "HiddenMembership" };
    const id = await addGroup(t, "members-hidden", hidden);
    await addMember(t, id, await t.addUser("hidden-member"));
    expect(await memberIds(t, id)).toHaveLength(1);
    for (const list of ["members", "transitiveMembers"]) {
      const reply = await t.ask("GET", `/groups/${id}/${list}`, { permissions: ["GroupMember.Read.All"] });
      expect(reply).toMatchObject({ status: 200, body: { value: [] } });
    }
  },
  "[D 27] members are direct, transitiveMembers are all": async (t) => {
    const [outer, inner] = [await addGroup(t, "outer"), await addGroup(t, "inner")];
    const user = await t.addUser("deep");
    await addMember(t, outer, inner);
    await addMember(t, inner, user);
    expect(await memberIds(t, outer)).toEqual([inner]);
    const all = await t.ask("GET", `/groups/${outer}/transitiveMembers`);
    expect(all.body.value.map(({ id }) => id).sort()).toEqual([inner, user].sort());
    const above = await t.ask("GET", `/users/${user}/transitiveMemberOf`);
    expect(above.body.value.map(({ id }) => id).sort()).toEqual([outer, inner].sort());
    const direct = await t.ask("GET", `/users/${user}/memberOf/microsoft.graph.group?$select=id`);
    expect(direct.body.value).toEqual([{ id: inner }]);
  },
  "[D 4] members/$count needs the advanced engine": async (t) => {
    const [group, user] = [await addGroup(t, "counted"), await t.addUser("counted")];
    await addMember(t, group, user);
    expectRefusal(await t.ask("GET", `/groups/${group}/members/$count`), 400, "$count is not currently supported.");
    const reply = await t.ask("GET", `/groups/${group}/members/$count`, { headers: EVENTUAL });
    expect(reply.body).toBe(1);
  },
  "[U] getByIds leaves out what is not there": async (t) => {
    const user = await t.addUser("byid");
    const body = { ids: [user, "11111111-0000-4000-8000-000000000000"], types: ["user"] };
    const reply = await t.ask("POST", "/directoryObjects/getByIds?$select=id,displayName", { body });
    expect(reply.body.value).toEqual([{ "@odata.type": "#microsoft.graph.user", id: user, displayName: "byid" }]);
  },
});

describeCases(
  "groups that are mastered elsewhere",
  {
    "[F] the members of a synced group are refused, whatever the member is": async (t) => {
      const user = await t.addUser("cloud");
      expectRefusal(await addMember(t, SYNCED, user), 400, "on-premises mastered Directory Sync objects");
      expectRefusal(await t.ask("DELETE", `/groups/${SYNCED}`), 400, "on-premises mastered");
    },
    "[D 27] a distribution list belongs to Exchange": async (t) => {
      const user = await t.addUser("listed");
      expectRefusal(
        await addMember(t, LIST, user),
        400,
        "Cannot Update a mail-enabled security groups and or distribution list.",
      );
    },
  },
  {
    seed: {
      users: [],
      groups: [
        {
          id: "aaaaaaaa-0000-4000-8000-000000000001",
          properties: {
            displayName: "Synced",
            mailNickname: "synced",
            securityEnabled: true,
            mailEnabled: false,
            onPremisesSyncEnabled: true,
          },
        },
        {
          id: "aaaaaaaa-0000-4000-8000-000000000002",
          properties: { displayName: "List", mailNickname: "list", securityEnabled: false, mailEnabled: true },
        },
      ],
      domains: ["adventure-works.com"],
    },
  },
);

const SYNCED = "aaaaaaaa-0000-4000-8000-000000000001";
const LIST = "aaaaaaaa-0000-4000-8000-000000000002";
