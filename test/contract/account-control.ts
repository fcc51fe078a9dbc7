/** What belongs to the account database and stays as it is, whatever the driver does: on the sandbox and on a real domain. */
import { Attribute, Change, type Client } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Anchor } from "../../reconciler/model/observed.js";
import type { TargetPort } from "../../reconciler/model/ports.js";
import { childDn } from "../../reconciler/support/dn.js";
import { guidText } from "../support/admin-hands.js";
import { applyOne, readyOp } from "../support/ready-ops.js";

export interface AccountPlace {
  readonly target: TargetPort;
  readonly admin: Client;
  readonly staff: string;
  readonly groups: string;
  /** Ends names that must be unique in the domain. */
  readonly tag: string;
  close(): Promise<void>;
}

const NORMAL = 0x200;
const DISABLED = 0x2;
/** MS-ADTS 2.2.16. */
const FOREIGN = {
  PASSWD_NOTREQD: 0x20,
  ENCRYPTED_TEXT_PASSWORD_ALLOWED: 0x80,
  DONT_EXPIRE_PASSWD: 0x10000,
  SMARTCARD_REQUIRED: 0x40000,
  TRUSTED_FOR_DELEGATION: 0x80000,
  NOT_DELEGATED: 0x100000,
  DONT_REQUIRE_PREAUTH: 0x400000,
  TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION: 0x1000000,
};
const NEVER = "9223372036854775807";
/** 2027-04-01T00:00:00Z as a FILETIME. */
const A_DATE = "134510112000000000";

export function describeAccountControl(name: string, open: () => Promise<AccountPlace>): void {
  describe(`the account database: ${name}`, () => {
    let place: AccountPlace;
    beforeAll(async () => {
      place = await open();
    });
    afterAll(() => place.close());

    async function read(dn: string, ...attributes: string[]): Promise<Record<string, string>> {
      const { searchEntries } = await place.admin.search(dn, { scope: "base", attributes });
      return Object.fromEntries(attributes.map((one) => [one, String(searchEntries[0]?.[one])]));
    }
    async function write(dn: string, values: Record<string, string | Buffer>): Promise<void> {
      const changes = Object.entries(values).map(
        ([type, value]) =>
          new Change({ operation: "replace", modification: new Attribute({ type, values: [value as string] }) }),
      );
      await place.admin.modify(dn, changes);
    }
    async function add(cn: string, attributes: Record<string, string>) {
      const dn = childDn("CN", cn, place.staff);
      await place.admin.add(dn, { objectClass: "user", sAMAccountName: `${cn}${place.tag}`, ...attributes });
      const { searchEntries } = await place.admin.search(dn, { scope: "base", attributes: ["objectGUID"] });
      return { dn, anchor: guidText(searchEntries[0]?.objectGUID as Buffer) };
    }
    const password = { unicodePwd: Buffer.from('"Initial-1-secret"', "utf16le") };
    const turn = (verb: "enable" | "disable", anchor: Anchor) =>
      applyOne(place.target, readyOp(verb, { object: { anchor }, before: {}, after: { enabled: verb === "enable" } }));

    it.each(Object.entries(FOREIGN))("%s stays through disable and enable", async (_, bit) => {
      const { dn, anchor } = await add(`bit${bit.toString(16)}`, {});
      await write(dn, password);
      await write(dn, { userAccountControl: String(NORMAL | bit) });
      expect((await turn("disable", anchor)).kind).toBe("done");
      expect(await read(dn, "userAccountControl")).toEqual({ userAccountControl: String(NORMAL | bit | DISABLED) });
      expect((await turn("enable", anchor)).kind).toBe("done");
      expect(await read(dn, "userAccountControl")).toEqual({ userAccountControl: String(NORMAL | bit) });
    });

    it("all of them at once, through every verb that touches the account", async () => {
      const all = Object.values(FOREIGN).reduce((a, b) => a | b, NORMAL);
      const { dn, anchor } = await add("allbits", { title: "old" });
      await write(dn, password);
      await write(dn, { userAccountControl: String(all) });
      const object = { anchor };
      const ops = [
        readyOp("update", { object, slot: "title", before: { title: "old" }, after: { title: "new" } }),
        readyOp("disable", { object, before: {}, after: { enabled: false } }),
        readyOp("run-task", { object, slot: "reset-password", after: { task: "reset-password" } }),
        readyOp("enable", { object, before: {}, after: { enabled: true } }),
        readyOp("rename", { object, before: { cn: "allbits" }, after: { cn: "all bits" } }),
      ];
      for (const op of ops) expect((await applyOne(place.target, op)).kind, op.op.verb).toBe("done");
      const now = childDn("CN", "all bits", place.staff);
      expect(await read(now, "userAccountControl", "title")).toEqual({ userAccountControl: String(all), title: "new" });
    });

    it("an account that was cut off before its password gets one when it is enabled", async () => {
      const cut = { employeeNumber: "muster-000000000000000000000000", userAccountControl: "514" };
      const { dn, anchor } = await add("cutoff", cut);
      expect(await read(dn, "pwdLastSet")).toEqual({ pwdLastSet: "0" });
      expect((await turn("enable", anchor)).kind).toBe("done");
      const after = await read(dn, "userAccountControl", "pwdLastSet");
      expect(after.userAccountControl).toBe("512");
      expect(after.pwdLastSet).not.toBe("0");
    });

    it("a password that must be changed at the next logon is somebody's already, and stays", async () => {
      const { dn, anchor } = await add("mustchange", { employeeNumber: "muster-111111111111111111111111" });
      await write(dn, { ...password, pwdLastSet: "0" });
      await write(dn, { userAccountControl: "514" });
      expect((await turn("enable", anchor)).kind).toBe("done");
      expect(await read(dn, "userAccountControl", "pwdLastSet")).toEqual({
        userAccountControl: "512",
        pwdLastSet: "0",
      });
    });

    it("accountExpires goes from never to a date and back, in each form that a directory holds", async () => {
      const { dn, anchor } = await add("expiring", {});
      const change = (before: string, after: string) =>
        applyOne(
          place.target,
          readyOp("update", {
            object: { anchor },
            slot: "accountExpires",
            before: { accountExpires: before },
            after: { accountExpires: after },
          }),
        );
      expect(await read(dn, "accountExpires")).toEqual({ accountExpires: NEVER });
      for (const [before, after] of [
        [NEVER, A_DATE],
        [A_DATE, "0"],
        ["0", A_DATE],
        [A_DATE, NEVER],
      ] as const) {
        expect((await change(before, after)).kind, `${before} to ${after}`).toBe("done");
        expect(await read(dn, "accountExpires")).toEqual({ accountExpires: after });
      }
      // An account always has one (MS-SAMR 3.1.1.8.1): a plan that clears it writes 0.
      const modification = new Attribute({ type: "accountExpires", values: [] });
      const removal = place.admin.modify(dn, new Change({ operation: "delete", modification }));
      await expect(removal).rejects.toMatchObject({ code: 53 });
      // What was planned from another date does not go through.
      expect(await change(A_DATE, "0")).toMatchObject({ kind: "refused", code: "MUS-5005" });
    });

    it("the members by primary group are no members that could be removed", async () => {
      const group = childDn("CN", "primary", place.groups);
      await place.admin.add(group, { objectClass: "group", sAMAccountName: `primary${place.tag}` });
      const { dn, anchor } = await add("itsmember", {});
      await place.admin.modify(
        group,
        new Change({ operation: "add", modification: new Attribute({ type: "member", values: [dn] }) }),
      );
      await write(dn, { primaryGroupID: (await read(group, "primaryGroupToken")).primaryGroupToken ?? "" });
      const { groups } = await place.target.observe({ attributes: [], groups: [{ name: group, anchor: null }] });
      expect(groups).toMatchObject([{ members: [anchor], primary: [anchor], others: 0 }]);
      const slot = groups[0]?.anchor ?? "";
      const op = { object: { anchor }, slot, before: { member: true }, after: { member: null } };
      await applyOne(place.target, readyOp("remove-member", op));
      const after = await place.target.observe({ attributes: [], groups: [{ name: group, anchor: null }] });
      expect(after.groups).toMatchObject([{ members: [anchor], primary: [anchor] }]);
    });

    it("a value that differs by case only is replaced by exactly what is wanted, alone and in a list", async () => {
      const { dn, anchor } = await add("cases", { title: "sales", proxyAddresses: "smtp:a@corp.example" });
      const swap = (slot: string, before: string | string[], after: string | string[]) =>
        applyOne(
          place.target,
          readyOp("update", { object: { anchor }, slot, before: { [slot]: before }, after: { [slot]: after } }),
        );
      expect((await swap("title", "sales", "Sales")).kind).toBe("done");
      const list = ["SMTP:a@corp.example", "smtp:b@corp.example"];
      expect((await swap("proxyAddresses", ["smtp:a@corp.example"], list)).kind).toBe("done");
      const { searchEntries } = await place.admin.search(dn, {
        scope: "base",
        attributes: ["title", "proxyAddresses"],
      });
      expect(searchEntries[0]?.title).toBe("Sales");
      expect(new Set(searchEntries[0]?.proxyAddresses as string[])).toEqual(new Set(list));
      // A directory gives the values of a list in any order: another order is no other list.
      expect((await swap("proxyAddresses", list, [...list].reverse())).kind).toBe("already");
    });
  });
}
