/** Permissions that hide values or are narrower than they look. */
import { expect } from "vitest";
import { describeCases } from "./cases.js";
import { reference } from "./group-helpers.js";

const NAMES = "id,displayName,verifiedDomains,onPremisesSyncEnabled,countryLetterCode";

describeCases("permissions", {
  "[D 39] the organization shows names and domains only, without Organization.Read.All": async (t) => {
    const ask = async (permissions: readonly string[]) =>
      (await t.ask("GET", `/organization?$select=${NAMES}`, { permissions })).body.value?.[0];
    expect(await ask(["Organization.Read.All"])).toMatchObject({
      displayName: "Adventure Works",
      countryLetterCode: "US",
    });
    expect(await ask(["User.Read.All"])).toMatchObject({ displayName: "Adventure Works", countryLetterCode: null });
    expect((await ask(["User.Read.All"]))?.verifiedDomains).toHaveLength(3);
    expect(await ask(["GroupMember.Read.All"])).toBeUndefined();
  },
  "[D 19] a manager is not written by User.ReadUpdate.All, and removed neither": async (t) => {
    const [user, manager] = [await t.addUser("worker"), await t.addUser("boss")];
    const at = `/users/${user}/manager/$ref`;
    const put = async (permission: string) =>
      (await t.ask("PUT", at, { body: reference(manager), permissions: ["User.Read.All", permission] })).status;
    expect(await put("User.ReadUpdate.All")).toBe(403);
    expect(await put("User.ReadWrite.All")).toBe(204);
    expect((await t.ask("DELETE", at, { permissions: ["User.ReadUpdate.All"] })).status).toBe(403);
    const title = { body: { jobTitle: "Clerk" }, permissions: ["User.ReadUpdate.All"] };
    expect((await t.ask("PATCH", `/users/${user}`, title)).status).toBe(204);
  },
  "[D 40] User.DeleteRestore.All deletes and restores, and does nothing else": async (t) => {
    const user = await t.addUser("leaver");
    const permissions = ["User.DeleteRestore.All"];
    expect((await t.ask("PATCH", `/users/${user}`, { body: { jobTitle: "x" }, permissions })).status).toBe(403);
    expect((await t.ask("DELETE", `/users/${user}`, { permissions })).status).toBe(204);
    expect((await t.ask("POST", `/directory/deletedItems/${user}/restore`, { body: {}, permissions })).status).toBe(
      200,
    );
  },
});
