/** Groups of every kind, and members that are no accounts of the domain. */
import { Attribute, Change, type Client } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Anchor } from "../../reconciler/model/observed.js";
import type { TargetPort } from "../../reconciler/model/ports.js";
import { childDn } from "../../reconciler/support/dn.js";
import { guidText } from "../support/admin-hands.js";
import { applyOne, readyOp } from "../support/ready-ops.js";

export interface GroupPlace {
  readonly target: TargetPort;
  readonly admin: Client;
  readonly staff: string;
  readonly groups: string;
  /** Ends names that must be unique in the domain. */
  readonly tag: string;
  close(): Promise<void>;
}

/** groupType of a security group (MS-ADTS 2.2.12). */
const KINDS = { global: -2147483646, "domain-local": -2147483644, universal: -2147483640 } as const;

export function describeGroupKinds(name: string, open: () => Promise<GroupPlace>): void {
  describe(`groups: ${name}`, () => {
    let place: GroupPlace;
    let account: Anchor;
    beforeAll(async () => {
      place = await open();
      account = await add(childDn("CN", "ada", place.staff), {
        objectClass: "user",
        sAMAccountName: `ada${place.tag}`,
      });
    });
    afterAll(() => place.close());

    async function add(dn: string, attributes: Record<string, string>): Promise<Anchor> {
      await place.admin.add(dn, attributes);
      const { searchEntries } = await place.admin.search(dn, { scope: "base", attributes: ["objectGUID"] });
      return guidText(searchEntries[0]?.objectGUID as Buffer);
    }
    const member = (value: string) =>
      new Change({ operation: "add", modification: new Attribute({ type: "member", values: [value] }) });
    const observed = async (group: string, anchor: Anchor) =>
      (await place.target.observe({ attributes: [], groups: [{ name: group, anchor }] })).groups[0];
    const change = (verb: "add-member" | "remove-member", group: Anchor) =>
      applyOne(
        place.target,
        readyOp(verb, {
          object: { anchor: account },
          slot: group,
          before: { member: verb === "add-member" ? null : true },
          after: { member: verb === "add-member" ? true : null },
        }),
      );

    it.each(Object.entries(KINDS))(
      "%s: bound by GUID; a member comes and goes, others are counted and stay",
      async (kind, type) => {
        const dn = childDn("CN", kind, place.groups);
        const names = { objectClass: "group", sAMAccountName: `${kind}${place.tag}`, groupType: String(type) };
        const group = await add(dn, names);
        const contact = childDn("CN", `contact of ${kind}`, place.staff);
        await add(contact, { objectClass: "contact" });
        await place.admin.modify(dn, member(contact));
        expect((await change("add-member", group)).kind).toBe("done");
        expect((await change("add-member", group)).kind).toBe("already");
        expect(await observed(dn, group)).toMatchObject({
          anchor: group,
          members: [account],
          others: 1,
          managed: true,
        });
        expect((await change("remove-member", group)).kind).toBe("done");
        expect((await change("remove-member", group)).kind).toBe("already");
        expect(await observed(dn, group)).toMatchObject({ members: [], others: 1 });
      },
    );

    it("a group within a group is one of the others", async () => {
      const inner = childDn("CN", "inner", place.groups);
      await add(inner, { objectClass: "group", sAMAccountName: `inner${place.tag}` });
      const outer = childDn("CN", "outer", place.groups);
      const names = {
        objectClass: "group",
        sAMAccountName: `outer${place.tag}`,
        groupType: String(KINDS["domain-local"]),
      };
      const group = await add(outer, names);
      await place.admin.modify(outer, member(inner));
      expect(await observed(outer, group)).toMatchObject({ members: [], others: 1 });
    });
  });
}
