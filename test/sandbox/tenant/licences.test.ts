import { expect } from "vitest";
import { PLANS, PRODUCTS } from "../../../reconciler/sandbox/tenant/licence-table.js";
import { describeCases } from "./cases.js";
import { addGroup, addMember, expectRefusal } from "./group-helpers.js";
import { type Answer, DOMAIN, type OpenedTenant } from "./open-tenant.js";

const sku = (name: string): string => PRODUCTS[name]?.skuId ?? "";
const [E1, E3, EMS, ARCHIVE] = ["STANDARDPACK", "ENTERPRISEPACK", "EMS", "EXCHANGEARCHIVE_ADDON"].map(sku);

function assign(
  t: OpenedTenant,
  path: string,
  add: readonly unknown[],
  remove: readonly unknown[] = [],
): Promise<Answer> {
  const addLicenses = add.map((one) => (typeof one === "string" ? { skuId: one, disabledPlans: [] } : one));
  return t.ask("POST", `${path}/assignLicense`, { body: { addLicenses, removeLicenses: remove } });
}

interface State {
  readonly skuId: string;
  readonly assignedByGroup: string | null;
  readonly state: string;
  readonly error: string;
}

async function states(t: OpenedTenant, user: string): Promise<readonly State[]> {
  const { body } = await t.ask("GET", `/users/${user}?$select=licenseAssignmentStates`);
  return body.licenseAssignmentStates as readonly State[];
}

async function used(t: OpenedTenant, skuId: string | undefined): Promise<unknown> {
  const { body } = await t.ask("GET", "/subscribedSkus");
  return body.value.find((one) => one.skuId === skuId)?.consumedUnits;
}

const US = { usageLocation: "US" };

describeCases(
  "direct licences",
  {
    "[D 29] a licence uses a seat and shows on the user": async (t) => {
      const user = await t.addUser("direct", US);
      const before = Number(await used(t, E3));
      const reply = await assign(t, `/users/${user}`, [E3]);
      expect([reply.status, reply.body.id]).toEqual([200, user]);
      expect(await used(t, E3)).toBe(before + 1);
      const { body } = await t.ask("GET", `/users/${user}?$select=assignedLicenses`);
      expect(body.assignedLicenses).toEqual([{ skuId: E3, disabledPlans: [] }]);
    },
    "[D 29] both collections are required": async (t) => {
      const user = await t.addUser("both", US);
      const body = { addLicenses: [] };
      expect((await t.ask("POST", `/users/${user}/assignLicense`, { body })).status).toBe(400);
    },
    "[F] without usageLocation nothing is assigned": async (t) => {
      const user = await t.addUser("nowhere");
      const text = "License assignment cannot be done for user with invalid usage location.";
      expectRefusal(await assign(t, `/users/${user}`, [E3]), 400, text);
    },
    "[F] an unknown SKU": async (t) => {
      const user = await t.addUser("unknown-sku", US);
      const id = "11111111-0000-4000-8000-000000000000";
      const text = `License ${id} does not correspond to a valid company License.`;
      expectRefusal(await assign(t, `/users/${user}`, [id]), 400, text);
    },
    "[F] no seats left": async (t) => {
      for (let n = 0; n < 2; n++) {
        const user = await t.addUser(`seat${n}`, US);
        const text = `Subscription with SKU ${EMS} does not have any available licenses.`;
        const reply = await assign(t, `/users/${user}`, [EMS]);
        if (n === 0) expect(reply.status).toBe(200);
        else expectRefusal(reply, 400, text);
      }
    },
    "[F] removing what is not held": async (t) => {
      const user = await t.addUser("not-held", US);
      expectRefusal(await assign(t, `/users/${user}`, [], [E3]), 400, "User does not have a corresponding license.");
    },
    "[D 9] plans that exclude each other": async (t) => {
      const user = await t.addUser("exclusive", US);
      await assign(t, `/users/${user}`, [E3]);
      expectRefusal(await assign(t, `/users/${user}`, [E1]), 400, "are mutually exclusive");
    },
    "[D 29] one call swaps a SKU for another": async (t) => {
      const user = await t.addUser("swap", US);
      await assign(t, `/users/${user}`, [E3]);
      expect((await assign(t, `/users/${user}`, [E1], [E3])).status).toBe(200);
      expect((await states(t, user)).map(({ skuId }) => skuId)).toEqual([E1]);
    },
    "[D 9] a plan that needs another": async (t) => {
      const user = await t.addUser("dependent", US);
      const reply = await assign(t, `/users/${user}`, [ARCHIVE]);
      expectRefusal(reply, 400, `service plan ${PLANS.EXCHANGE_S_ARCHIVE_ADDON} depends on the service plan(s)`);
      expect((await assign(t, `/users/${user}`, [E1, ARCHIVE])).status).toBe(200);
    },
    "[D 29] adding a held SKU replaces its disabledPlans": async (t) => {
      const user = await t.addUser("replace", US);
      const disabled = (plan: string) => ({ skuId: E3, disabledPlans: [plan] });
      await assign(t, `/users/${user}`, [disabled(PLANS.TEAMS1)]);
      await assign(t, `/users/${user}`, [disabled(PLANS.MCOSTANDARD)]);
      const { body } = await t.ask("GET", `/users/${user}?$select=assignedLicenses`);
      expect(body.assignedLicenses).toEqual([disabled(PLANS.MCOSTANDARD)]);
    },
    "[D 9] a disabled plan conflicts with nothing": async (t) => {
      const user = await t.addUser("disabled", US);
      await assign(t, `/users/${user}`, [E1]);
      const { EXCHANGE_S_ENTERPRISE, SHAREPOINTENTERPRISE } = PLANS;
      const quiet = { skuId: E3, disabledPlans: [EXCHANGE_S_ENTERPRISE, SHAREPOINTENTERPRISE] };
      expect((await assign(t, `/users/${user}`, [quiet])).status).toBe(200);
    },
    "[D 30] subscribedSkus takes no $filter": async (t) => {
      expect((await t.ask("GET", "/subscribedSkus?$filter=skuPartNumber eq 'EMS'")).status).toBe(400);
    },
    "[D 37] assigning needs LicenseAssignment.ReadWrite.All": async (t) => {
      const user = await t.addUser("denied", US);
      const body = { addLicenses: [], removeLicenses: [] };
      const path = `/users/${user}/assignLicense`;
      expect((await t.ask("POST", path, { body, permissions: ["User.Read.All"] })).status).toBe(403);
      expect((await t.ask("POST", path, { body, permissions: ["LicenseAssignment.ReadWrite.All"] })).status).toBe(200);
    },
    "[F] a delete frees the seat, a restore takes it again": async (t) => {
      const user = await t.addUser("returns", US);
      await assign(t, `/users/${user}`, [E1]);
      const before = Number(await used(t, E1));
      await t.ask("DELETE", `/users/${user}`);
      expect(await used(t, E1)).toBe(before - 1);
      await t.ask("POST", `/directory/deletedItems/${user}/restore`);
      expect(await used(t, E1)).toBe(before);
    },
  },
  {
    seed: {
      domains: [DOMAIN],
      users: [],
      skus: [
        { skuPartNumber: "ENTERPRISEPACK", enabled: 20 },
        { skuPartNumber: "STANDARDPACK", enabled: 20 },
        { skuPartNumber: "EMS", enabled: 0, warning: 1 },
        { skuPartNumber: "EXCHANGEARCHIVE_ADDON", enabled: 5 },
      ],
    },
  },
);

let clock = Date.parse("2026-03-02T08:00:00Z");

describeCases(
  "licences through groups",
  {
    "[D 22] members get the licence after a delay, with the group's id": async (t) => {
      const [group, user] = [await addGroup(t, "later"), await t.addUser("later", US)];
      expect((await assign(t, `/groups/${group}`, [E1])).status).toBe(202);
      await addMember(t, group, user);
      expect(await states(t, user)).toEqual([]);
      clock += 60_000;
      expect(await states(t, user)).toMatchObject([{ skuId: E1, assignedByGroup: group, state: "Active" }]);
      await t.ask("DELETE", `/groups/${group}/members/${user}/$ref`);
      clock += 60_000;
      expect(await states(t, user)).toEqual([]);
    },
    "[F] an inherited licence cannot be removed from the user": async (t) => {
      const [group, user] = [await addGroup(t, "inherit"), await t.addUser("inherit", US)];
      await assign(t, `/groups/${group}`, [E1]);
      await addMember(t, group, user);
      clock += 60_000;
      const reply = await assign(t, `/users/${user}`, [], [E1]);
      expectRefusal(reply, 400, "User license is inherited from a group membership");
    },
    "[D 9] an error lands on the user, and holds back the group's other licences": async (t) => {
      const [group, user] = [await addGroup(t, "held"), await t.addUser("held", US)];
      await assign(t, `/users/${user}`, [E3]);
      await assign(t, `/groups/${group}`, [E1, EMS]);
      await addMember(t, group, user);
      clock += 60_000;
      const inherited = (await states(t, user)).filter((one) => one.assignedByGroup === group);
      expect(inherited).toMatchObject([
        { skuId: E1, state: "Error", error: "MutuallyExclusiveViolation" },
        { skuId: EMS, state: "Error", error: "Other" },
      ]);
      const failed = await t.ask("GET", `/groups/${group}/membersWithLicenseErrors`);
      expect(failed.body.value.map(({ id }) => id)).toEqual([user]);
    },
    "[D 9] too few seats are a CountViolation": async (t) => {
      const group = await addGroup(t, "count");
      const users = [await t.addUser("count-a", US), await t.addUser("count-b", US)];
      for (const user of users) await addMember(t, group, user);
      await assign(t, `/groups/${group}`, [EMS]);
      clock += 60_000;
      const [first, second] = [await states(t, users[0] ?? ""), await states(t, users[1] ?? "")];
      expect(first[0]).toMatchObject({ state: "Active" });
      expect(second[0]).toMatchObject({ state: "Error", error: "CountViolation" });
    },
    "[D 9] a plan that needs another is a DependencyViolation": async (t) => {
      const [group, user] = [await addGroup(t, "needs"), await t.addUser("needs", US)];
      await addMember(t, group, user);
      await assign(t, `/groups/${group}`, [ARCHIVE]);
      clock += 60_000;
      expect(await states(t, user)).toMatchObject([{ error: "DependencyViolation" }]);
    },
    "[D 9] a country without service is a ProhibitedInUsageLocationViolation": async (t) => {
      const [group, user] = [await addGroup(t, "country"), await t.addUser("country", { usageLocation: "KP" })];
      await addMember(t, group, user);
      await assign(t, `/groups/${group}`, [E1]);
      clock += 60_000;
      expect(await states(t, user)).toMatchObject([{ error: "ProhibitedInUsageLocationViolation" }]);
    },
    "[D 9] without usageLocation the tenant's counts": async (t) => {
      const [group, user] = [await addGroup(t, "tenant-location"), await t.addUser("tenant-location")];
      await addMember(t, group, user);
      await assign(t, `/groups/${group}`, [E1]);
      clock += 60_000;
      expect(await states(t, user)).toMatchObject([{ state: "Active" }]);
    },
    "[D 9] nested members get nothing": async (t) => {
      const [outer, inner] = [await addGroup(t, "lic-outer"), await addGroup(t, "lic-inner")];
      const user = await t.addUser("nested", US);
      await addMember(t, outer, inner);
      await addMember(t, inner, user);
      await assign(t, `/groups/${outer}`, [E1]);
      clock += 60_000;
      expect(await states(t, user)).toEqual([]);
    },
    "[D 9] a licensed group cannot be deleted": async (t) => {
      const group = await addGroup(t, "licensed");
      await assign(t, `/groups/${group}`, [E1]);
      expect((await t.ask("DELETE", `/groups/${group}`)).status).toBe(400);
      await assign(t, `/groups/${group}`, [], [E1]);
      expect((await t.ask("DELETE", `/groups/${group}`)).status).toBe(204);
    },
  },
  {
    now: () => clock,
    groupLicensingMillis: 30_000,
    seed: {
      domains: [DOMAIN],
      users: [],
      skus: [
        { skuPartNumber: "ENTERPRISEPACK", enabled: 20 },
        { skuPartNumber: "STANDARDPACK", enabled: 20 },
        { skuPartNumber: "EMS", enabled: 1 },
        { skuPartNumber: "EXCHANGEARCHIVE_ADDON", enabled: 5 },
      ],
    },
  },
);
