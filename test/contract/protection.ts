/** Who is protected by groups: on the sandbox and on a real domain. */
import { Attribute, Change, type Client } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Anchor, Observed } from "../../reconciler/model/observed.js";
import type { PictureMemory, TargetPort } from "../../reconciler/model/ports.js";
import { childDn } from "../../reconciler/support/dn.js";
import { guidText } from "../support/admin-hands.js";

export interface ProtectionPlace {
  readonly admin: Client;
  readonly domain: string;
  readonly staff: string;
  readonly groups: string;
  /** Ends names that must be unique in the domain. */
  readonly tag: string;
  /** A driver whose base is this DN; each call stands for another run. */
  open(base: string): Promise<TargetPort>;
  close(): Promise<void>;
}

/** As MS-ADTS 3.1.1.6.1.2 lists them, by the names of a new domain. */
const BUILTIN = [
  "Administrators",
  "Account Operators",
  "Server Operators",
  "Print Operators",
  "Backup Operators",
  "Replicator",
];
const OF_THE_DOMAIN = ["Domain Admins", "Schema Admins", "Enterprise Admins", "Domain Controllers"];
const UNIVERSAL = "-2147483640";

export function describeProtection(name: string, begin: () => Promise<ProtectionPlace>): void {
  describe(`protected by groups: ${name}`, () => {
    let place: ProtectionPlace;
    beforeAll(async () => {
      place = await begin();
    });
    afterAll(() => place.close());

    const builtin = (group: string) => `CN=${group},CN=Builtin,${place.domain}`;
    const ofDomain = (group: string) => `CN=${group},CN=Users,${place.domain}`;
    const operators = () => builtin("Backup Operators");

    async function add(dn: string, attributes: Record<string, string>): Promise<Anchor> {
      await place.admin.add(dn, attributes);
      const { searchEntries } = await place.admin.search(dn, { scope: "base", attributes: ["objectGUID"] });
      return guidText(searchEntries[0]?.objectGUID as Buffer);
    }
    async function person(cn: string): Promise<{ readonly dn: string; readonly anchor: Anchor }> {
      const dn = childDn("CN", cn, place.staff);
      return { dn, anchor: await add(dn, { objectClass: "user", sAMAccountName: `${cn}${place.tag}` }) };
    }
    async function group(cn: string): Promise<{ readonly dn: string; readonly anchor: Anchor }> {
      const dn = childDn("CN", cn, place.groups);
      const names = { objectClass: "group", sAMAccountName: `${cn}${place.tag}`, groupType: UNIVERSAL };
      return { dn, anchor: await add(dn, names) };
    }
    async function members(operation: "add" | "delete", groupDn: string, ...values: string[]): Promise<void> {
      await place.admin.modify(
        groupDn,
        new Change({ operation, modification: new Attribute({ type: "member", values }) }),
      );
    }
    async function observe(base = place.domain, memory?: PictureMemory, groups: readonly string[] = []) {
      const target = await place.open(base);
      const selection = { attributes: ["cn"], groups: groups.map((name) => ({ name, anchor: null })) };
      const picture = await target.observe(selection, memory);
      await target.close();
      return picture;
    }
    const why = (picture: Observed, anchor: Anchor) =>
      picture.accounts.find((account) => account.anchor === anchor)?.protected;

    it("a direct member of each protected group is; of another group is not", async () => {
      const all = [...BUILTIN.map(builtin), ...OF_THE_DOMAIN.map(ofDomain)];
      const made = new Map<string, Anchor>();
      for (const [i, dn] of [...all, ofDomain("Domain Guests")].entries()) {
        const one = await person(`direct${i}`);
        await members("add", dn, one.dn);
        made.set(dn, one.anchor);
      }
      const picture = await observe();
      for (const dn of all)
        expect(why(picture, made.get(dn) ?? ""), dn).toBe(`member of ${/CN=([^,]+)/.exec(dn)?.[1]}`);
      expect(why(picture, made.get(ofDomain("Domain Guests")) ?? "")).toBeNull();
    });

    it("a member of a group within a group is, also where groups contain each other", async () => {
      const [outer, inner] = [await group("outer"), await group("inner")];
      const [deep, high] = [await person("deep"), await person("high")];
      await members("add", inner.dn, deep.dn, outer.dn);
      await members("add", outer.dn, high.dn, inner.dn);
      expect(why(await observe(), deep.anchor)).toBeNull();
      await members("add", operators(), outer.dn);
      const picture = await observe(place.domain, undefined, [outer.dn, inner.dn, operators()]);
      expect(why(picture, high.anchor)).toBe("member of outer, which is in Backup Operators");
      expect(why(picture, deep.anchor)).toBe("member of inner, which is in outer, which is in Backup Operators");
      expect(Object.fromEntries(picture.groups.map((one) => [one.address, one.protected]))).toEqual({
        [outer.dn]: "member of Backup Operators",
        [inner.dn]: "member of outer, which is in Backup Operators",
        [operators()]: "the directory protects it",
      });
      // The protected group lies outside the base, and so does nothing else that is asked for.
      expect(why(await observe(place.staff), deep.anchor)).toBe(why(picture, deep.anchor));
    });

    it("an account whose primary group it is is, though the group does not name it", async () => {
      const tier = await group("tier");
      const one = await person("primary");
      await members("add", tier.dn, one.dn);
      const { searchEntries } = await place.admin.search(tier.dn, { scope: "base", attributes: ["primaryGroupToken"] });
      const values = [String(searchEntries[0]?.primaryGroupToken)];
      const modification = new Attribute({ type: "primaryGroupID", values });
      await place.admin.modify(one.dn, new Change({ operation: "replace", modification }));
      expect(why(await observe(), one.anchor)).toBeNull();
      await members("add", operators(), tier.dn);
      expect(why(await observe(), one.anchor)).toBe("member of tier, which is in Backup Operators");
    });

    it.each([
      ["the domain", () => place.domain],
      ["an organizational unit", () => place.staff],
    ])("an incremental read follows what is put into a protected group, and taken out: base %s", async (_, baseOf) => {
      const tag = baseOf() === place.domain ? "d" : "u";
      const [far, near, one] = [await group(`far${tag}`), await group(`near${tag}`), await person(`someone${tag}`)];
      await members("add", far.dn, one.dn);
      const memory = rememberInJson();
      await observe(baseOf(), memory);
      const next = async () => {
        const { how, ...picture } = await observe(baseOf(), memory);
        const { how: _how, ...full } = await observe(baseOf());
        expect(picture).toEqual(full);
        expect(how).toEqual({ kind: "incremental", why: null });
        return why(picture as Observed, one.anchor);
      };
      expect(await next()).toBeNull();
      // A group that no read has looked into, by way of another: only the outermost is changed in the second step.
      await members("add", near.dn, far.dn);
      expect(await next()).toBeNull();
      await members("add", operators(), near.dn);
      expect(await next()).toContain("which is in Backup Operators");
      await members("delete", far.dn, one.dn);
      expect(await next()).toBeNull();
      await members("add", far.dn, one.dn);
      expect(await next()).toContain(`member of far${tag}`);
      await members("delete", near.dn, far.dn);
      expect(await next()).toBeNull();
    });
  });
}

/** As the cache does it: what comes back is a copy that went through JSON. */
function rememberInJson(): PictureMemory {
  let text: string | null = null;
  return {
    load: () => (text === null ? undefined : JSON.parse(text)),
    save: (value) => {
      text = JSON.stringify(value);
    },
  };
}
