import { describe, expect, it } from "vitest";
import { describeCases } from "./cases.js";
import { addGroup, addMember, expectRefusal, reference } from "./group-helpers.js";
import { DOMAIN, type OpenedTenant, openTenant, PASSWORD, userBody } from "./open-tenant.js";

const GLOBAL = "aaaaaaaa-0000-4000-8000-00000000000a";
const READER = "aaaaaaaa-0000-4000-8000-00000000000b";

function person(id: string, name: string, role: string) {
  const { passwordProfile: _password, ...properties } = userBody(name);
  return { id, properties: properties as Readonly<Record<string, string | boolean>>, roles: [role] };
}

const SEED = {
  domains: [DOMAIN],
  users: [person(GLOBAL, "boss", "Global Administrator"), person(READER, "reader", "Reports Reader")],
};

async function disable(t: OpenedTenant, id: string): Promise<number> {
  return (await t.ask("PATCH", `/users/${id}`, { body: { accountEnabled: false } })).status;
}

describeCases(
  "holders of directory roles",
  {
    "[D 5] roles and their members are listed without pages": async (t) => {
      const roles = await t.ask("GET", "/directoryRoles");
      const role = roles.body.value.find(({ displayName }) => displayName === "Global Administrator");
      const members = await t.ask("GET", `/directoryRoles/${role?.id}/members`);
      expect(members.body.value.map(({ id }) => id)).toEqual([GLOBAL]);
      const assignments = await t.ask(
        "GET",
        `/roleManagement/directory/roleAssignments?$filter=principalId eq '${GLOBAL}'`,
      );
      expect(assignments.body.value).toMatchObject([
        { principalId: GLOBAL, roleDefinitionId: "62e90394-69f5-4237-9190-012177145e10", directoryScopeId: "/" },
      ]);
    },
    "[D 34] a sensitive property of a role holder is refused": async (t) => {
      expect([await disable(t, GLOBAL), await disable(t, READER)]).toEqual([403, 403]);
    },
    "[D 34] another property is not": async (t) => {
      expect((await t.ask("PATCH", `/users/${GLOBAL}`, { body: { department: "IT" } })).status).toBe(204);
    },
    "[D 34] deleting a role holder is refused, by the member's path too": async (t) => {
      const group = await addGroup(t, "admins");
      await addMember(t, group, GLOBAL);
      expect((await t.ask("DELETE", `/users/${GLOBAL}`)).status).toBe(403);
      expect((await t.ask("DELETE", `/groups/${group}/members/${GLOBAL}`)).status).toBe(403);
    },
    "[D 34] the members of a role-assignable group are protected": async (t) => {
      const [group, user] = [await addGroup(t, "ra-group", { isAssignableToRole: true }), await t.addUser("ra-member")];
      expect(await disable(t, user)).toBe(204);
      await addMember(t, group, user);
      expect(await disable(t, user)).toBe(403);
    },
  },
  { seed: SEED },
);

describe("the client as an object of the directory", () => {
  it("[D 41] has an object id in its token, by which its own roles are listed", async () => {
    const t = await openTenant({ seed: SEED, directoryRoles: ["User Administrator"] });
    const claims = JSON.parse(Buffer.from(t.tenant.token().split(".")[1] ?? "", "base64url").toString()) as {
      oid: string;
    };
    expect(claims.oid).toMatch(/^[0-9a-f-]{36}$/);
    expect(claims.oid).not.toBe(t.tenant.clientId);
    const own = await t.ask("GET", `/roleManagement/directory/roleAssignments?$filter=principalId eq '${claims.oid}'`);
    expect(own.body.value).toMatchObject([{ roleDefinitionId: "fe930be7-5e62-47db-91af-98c3a49a38b1" }]);
    await t.close();
  });
});

describe("an application that holds a role", () => {
  const cases = [
    ["User Administrator", [403, 204]],
    ["Privileged Authentication Administrator", [204, 204]],
    ["Groups Administrator", [403, 403]],
  ] as const;
  it.each(cases)("[D 34] %s: a Global Administrator and a Reports Reader", async (role, expected) => {
    const t = await openTenant({ seed: SEED, directoryRoles: [role] });
    expect([await disable(t, GLOBAL), await disable(t, READER)]).toEqual(expected);
    await t.close();
  });

  it("[D 11] resets a password only with User Administrator at least", async () => {
    const body = { passwordProfile: { password: PASSWORD } };
    for (const [roles, status] of [
      [[], 403],
      [["User Administrator"], 204],
    ] as const) {
      const t = await openTenant({ directoryRoles: roles });
      const user = await t.addUser("reset");
      expect((await t.ask("PATCH", `/users/${user}`, { body })).status).toBe(status);
      await t.close();
    }
  });
});

const UNITS = "/directory/administrativeUnits";
const UNIT = {
  Board: "bbbbbbbb-0000-4000-8000-00000000000a",
  Secret: "bbbbbbbb-0000-4000-8000-00000000000b",
  Rome: "bbbbbbbb-0000-4000-8000-00000000000c",
};

function numbered(n: number): string {
  return `cccccccc-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

function unit(id: string, displayName: string, isMemberManagementRestricted: boolean) {
  return { id, properties: { displayName, isMemberManagementRestricted } };
}

const UNIT_SEED = {
  domains: [DOMAIN],
  users: [],
  units: [
    unit(UNIT.Board, "Board", true),
    unit(UNIT.Secret, "Secret", true),
    unit(UNIT.Rome, "Rome", false),
    ...Array.from({ length: 31 }, (_, n) => unit(numbered(n), `Unit ${n}`, false)),
  ],
};

describeCases(
  "administrative units",
  {
    "[D 35] a restricted unit makes its members unchangeable, and they say so": async (t) => {
      const [group, user] = [await addGroup(t, "unit-group"), await t.addUser("restricted")];
      const unit = UNIT.Board;
      await t.ask("POST", `${UNITS}/${unit}/members/$ref`, { body: reference(user) });
      const text = "Target object is a member of a restricted management administrative unit";
      expectRefusal(await t.ask("PATCH", `/users/${user}`, { body: { department: "x" } }), 403, text);
      expect((await t.ask("DELETE", `/users/${user}`)).status).toBe(403);
      const { body } = await t.ask("GET", `/users/${user}?$select=isManagementRestricted`);
      expect(body.isManagementRestricted).toBe(true);
      // The group is not in the unit, so its members are written as ever.
      expect((await addMember(t, group, user)).status).toBe(204);
      await t.ask("DELETE", `${UNITS}/${unit}/members/${user}/$ref`);
      expect((await t.ask("PATCH", `/users/${user}`, { body: { department: "x" } })).status).toBe(204);
    },
    "[D 35] the members of a restricted group are not written": async (t) => {
      const [group, user] = [await addGroup(t, "restricted-group"), await t.addUser("outside")];
      const unit = UNIT.Secret;
      await t.ask("POST", `${UNITS}/${unit}/members/$ref`, { body: reference(group) });
      expect((await addMember(t, group, user)).status).toBe(403);
    },
    "[D 35] an ordinary unit restricts nobody; its members can be listed": async (t) => {
      const user = await t.addUser("ordinary");
      const unit = UNIT.Rome;
      await t.ask("POST", `${UNITS}/${unit}/members/$ref`, { body: reference(user) });
      expect((await t.ask("PATCH", `/users/${user}`, { body: { department: "x" } })).status).toBe(204);
      const { body } = await t.ask("GET", `${UNITS}/${unit}/members/microsoft.graph.user?$select=id`);
      expect(body.value).toEqual([{ id: user }]);
    },
    "[D 22] an object is in 30 units at most": async (t) => {
      const user = await t.addUser("everywhere");
      const seen: number[] = [];
      for (let n = 0; n < 31; n++) {
        const unit = numbered(n);
        seen.push((await t.ask("POST", `${UNITS}/${unit}/members/$ref`, { body: reference(user) })).status);
      }
      expect(seen).toEqual([...Array.from({ length: 30 }, () => 204), 403]);
    },
  },
  { seed: UNIT_SEED },
);

let clock = Date.parse("2026-03-02T08:00:00Z");
const PASSES = "authentication/temporaryAccessPassMethods";

describeCases(
  "tasks",
  {
    "[D 33] revokeSignInSessions answers true": async (t) => {
      const user = await t.addUser("sessions");
      const reply = await t.ask("POST", `/users/${user}/revokeSignInSessions`);
      expect([reply.status, reply.body.value]).toEqual([200, true]);
      const { body } = await t.ask("GET", `/users/${user}?$select=signInSessionsValidFromDateTime`);
      expect(body.signInSessionsValidFromDateTime).toBe("2026-03-02T08:00:00Z");
    },
    "[D 37] revokeSignInSessions needs User.RevokeSessions.All": async (t) => {
      const user = await t.addUser("sessions-denied");
      const path = `/users/${user}/revokeSignInSessions`;
      expect((await t.ask("POST", path, { permissions: ["User.Read.All"] })).status).toBe(403);
      expect((await t.ask("POST", path, { permissions: ["User.RevokeSessions.All"] })).status).toBe(200);
    },
    "[D 36] a temporary access pass is in the 201 and never again": async (t) => {
      const user = await t.addUser("pass");
      const reply = await t.ask("POST", `/users/${user}/${PASSES}`, { body: { lifetimeInMinutes: 60 } });
      expect(reply.status).toBe(201);
      expect(String(reply.body.temporaryAccessPass).length).toBeGreaterThanOrEqual(8);
      const again = await t.ask("GET", `/users/${user}/${PASSES}/${reply.body.id}`);
      expect(again.body).toMatchObject({ temporaryAccessPass: null, isUsable: true });
    },
    "[D 36] a new pass replaces the old": async (t) => {
      const user = await t.addUser("pass-two");
      await t.ask("POST", `/users/${user}/${PASSES}`, { body: {} });
      const second = await t.ask("POST", `/users/${user}/${PASSES}`, { body: {} });
      const { body } = await t.ask("GET", `/users/${user}/${PASSES}`);
      expect(body.value.map(({ id }) => id)).toEqual([second.body.id]);
    },
    "[D 36] a pass lives 10 to 43,200 minutes": async (t) => {
      const user = await t.addUser("pass-life");
      const seen: number[] = [];
      for (const lifetimeInMinutes of [9, 10, 43_200, 43_201]) {
        seen.push((await t.ask("POST", `/users/${user}/${PASSES}`, { body: { lifetimeInMinutes } })).status);
      }
      expect(seen).toEqual([400, 201, 201, 400]);
    },
    "[D 36] a pass ends": async (t) => {
      const user = await t.addUser("pass-end");
      await t.ask("POST", `/users/${user}/${PASSES}`, { body: { lifetimeInMinutes: 10 } });
      clock += 10 * 60_000;
      const { body } = await t.ask("GET", `/users/${user}/${PASSES}`);
      expect(body.value).toMatchObject([{ isUsable: false, methodUsabilityReason: "Expired" }]);
    },
  },
  { now: () => clock },
);
