/** What an administrator does in a directory by hand, with an LDAP client of their own. */
import { Attribute, Change, type Client } from "ldapts";
import { childDn, leafValue, rdn } from "../../reconciler/support/dn.js";
import type { Harness } from "../contract/harness.js";

export type AdminHands = Pick<
  Harness,
  "addAccount" | "editAccount" | "moveAccount" | "deleteAccount" | "disableAccount" | "addGroup" | "addMember"
>;

export interface AdminPlace {
  /** New accounts. */
  readonly staff: string;
  readonly groups: string;
  /** sAMAccountName of a new group. */
  login(name: string): string;
}

export function adminHands(admin: Client, { staff, groups, login }: AdminPlace): AdminHands {
  const byGuid = (anchor: string) => `<GUID=${anchor}>`;
  const anchorOf = async (dn: string) => {
    const found = await admin.search(dn, { scope: "base", attributes: ["objectGUID"] });
    return guidText(found.searchEntries[0]?.objectGUID as Buffer);
  };
  const dnOf = async (anchor: string) =>
    (await admin.search(byGuid(anchor), { scope: "base", attributes: ["cn"] })).searchEntries[0]?.dn ?? "";
  const replace = (type: string, values: (string | Buffer)[]) =>
    new Change({ operation: "replace", modification: new Attribute({ type, values: values as string[] }) });
  return {
    addAccount: async ({ cn = "", ...attributes }) => {
      const dn = childDn("CN", cn, staff);
      await admin.add(dn, { objectClass: ["user"], ...attributes });
      const password = replace("unicodePwd", [Buffer.from('"Initial-1-secret"', "utf16le")]);
      await admin.modify(dn, [password, replace("userAccountControl", ["512"])]);
      return anchorOf(dn);
    },
    editAccount: async (anchor, { cn, ...attributes }) => {
      const changes = Object.entries(attributes).map(([type, value]) => replace(type, value === null ? [] : [value]));
      if (changes.length > 0) await admin.modify(byGuid(anchor), changes);
      if (typeof cn === "string") await admin.modifyDN(await dnOf(anchor), rdn("CN", cn));
    },
    moveAccount: async (anchor, container) =>
      admin.modifyDN(byGuid(anchor), childDn("CN", leafValue(await dnOf(anchor)), container)),
    deleteAccount: (anchor) => admin.del(byGuid(anchor)),
    disableAccount: (anchor) => admin.modify(byGuid(anchor), replace("userAccountControl", ["514"])),
    addGroup: async (name) => {
      const dn = childDn("CN", name, groups);
      await admin.add(dn, { objectClass: ["group"], sAMAccountName: login(name) });
      return anchorOf(dn);
    },
    addMember: async (group, account) => {
      const member = new Attribute({ type: "member", values: [await dnOf(account)] });
      await admin.modify(byGuid(group), new Change({ operation: "add", modification: member }));
    },
  };
}

/** Text of a GUID: its first three fields are little-endian (MS-DTYP 2.3.4.2). */
export function guidText(bytes: Buffer): string {
  const hex = (from: number, to: number) => bytes.subarray(from, to).toString("hex");
  const swapped = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).reverse().toString("hex");
  return [swapped(0, 4), swapped(4, 6), swapped(6, 8), hex(8, 10), hex(10, 16)].join("-");
}
