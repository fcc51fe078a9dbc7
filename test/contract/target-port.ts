/** What every target port must do, whatever is behind it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IdentityKey } from "../../reconciler/model/identity.js";
import type { Anchor } from "../../reconciler/model/observed.js";
import type { Values } from "../../reconciler/model/op.js";
import { childDn, normalizeDn, sameDn } from "../../reconciler/support/dn.js";
import { applyAll, applyOne, readyOp } from "../support/ready-ops.js";
import { DIRECTORY_TERMS, type Harness, type Terms } from "./harness.js";

const HARD = 'Müller, Zoë "Z" #1 \\ +';

export function describeTargetPort(name: string, start: () => Promise<Harness>, terms: Terms = DIRECTORY_TERMS): void {
  const { label, login, title, list } = terms;
  const selection = {
    attributes: [...new Set([label, login, terms.name, title, "manager", list.name, "department"])],
    groups: [],
  };
  describe(`target port: ${name}`, () => {
    let h: Harness;
    beforeEach(async () => {
      h = await start();
    });
    afterEach(() => h.close());

    const create = (called: string, more: Values = {}, references: Record<string, Anchor> = {}) => {
      const place = terms.containers ? { container: h.staff } : {};
      const names = { [label]: called, [login]: h.login(called.slice(0, 20)) };
      const after = { ...names, ...place, enabled: true, ...more };
      return readyOp("create", { object: { claim: `claim-${called}` }, after, references });
    };
    /** The value of the attribute that a rename writes. */
    const named = (text: string) => (terms.name === login ? h.login(text) : text);
    const update = (anchor: Anchor, attribute: string, before: Values[string], after: Values[string]) =>
      readyOp("update", {
        object: { anchor },
        slot: attribute,
        before: { [attribute]: before ?? null },
        after: { [attribute]: after ?? null },
      });
    const see = (anchor: Anchor) => h.target.read(anchor, selection);
    const account = (called: string, more: Record<string, string> = {}) =>
      h.addAccount({ [label]: called, [login]: h.login(called.slice(0, 20)), ...more });

    describe("create", () => {
      it("makes the whole account, enabled, with its claim, and says its anchor", async () => {
        const boss = await account("boss");
        const manager = { ref: "person:hr:9" as IdentityKey };
        const values = { [title]: "Engineer", [list.name]: list.values, manager };
        const outcome = await applyOne(h.target, create("ada", values, { "person:hr:9": boss }));
        expect(outcome).toMatchObject({ kind: "done", code: null });
        const seen = await see(outcome.anchor ?? "");
        expect(seen).toMatchObject({ enabled: true, claim: "claim-ada", managed: true, protected: null });
        if (terms.containers) expect(sameDn(seen?.container ?? "", h.staff)).toBe(true);
        else expect(seen?.container).toBeNull();
        expect(seen?.attributes).toMatchObject({ [title]: "Engineer", [login]: h.login("ada") });
        expect(new Set(seen?.attributes[list.name] as string[])).toEqual(new Set(list.values));
        expect(seen?.attributes.manager).toEqual({ dn: (await see(boss))?.address });
        expect((await h.target.findClaim("claim-ada", selection))?.anchor).toBe(outcome.anchor);
      });

      it("leaves it disabled where the plan says so", async () => {
        const { anchor } = await applyOne(h.target, create("ada", { enabled: false }));
        expect((await see(anchor ?? ""))?.enabled).toBe(false);
      });

      it("takes a name with every character that a DN must escape", async () => {
        const outcome = await applyOne(h.target, create(HARD, { [login]: h.login("zoe") }));
        expect(outcome.kind).toBe("done");
        const seen = await see(outcome.anchor ?? "");
        expect(seen?.attributes[label]).toBe(HARD);
        const address = terms.containers ? normalizeDn(childDn("CN", HARD, h.staff)) : h.login("zoe");
        expect(terms.containers ? normalizeDn(seen?.address ?? "") : seen?.address).toBe(address);
      });

      it("says already, with the same anchor, when its claim is there", async () => {
        const first = await applyOne(h.target, create("ada"));
        const again = await applyOne(h.target, create("ada"));
        expect(again).toMatchObject({ kind: "already", anchor: first.anchor });
      });

      it("leaves an account disabled that somebody disabled after it was made", async () => {
        const { anchor } = await applyOne(h.target, create("ada"));
        await h.disableAccount(anchor ?? "");
        expect((await applyOne(h.target, create("ada"))).kind).toBe("already");
        expect((await see(anchor ?? ""))?.enabled).toBe(false);
      });

      it("fails with MUS-5006 when the name is somebody else's", async () => {
        await account("ada");
        const outcome = await applyOne(h.target, create("Ada", { [label]: "Another" }));
        expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5006" });
      });

      it("makes many at once, each with its own outcome", async () => {
        await account("b");
        const ops = ["a", "b", "c", "d"].map((called) => create(called));
        const outcomes = await applyAll(h.target, ops);
        expect(ops.map(({ op }) => outcomes.get(op.id)?.kind)).toEqual(["done", "failed", "done", "done"]);
      });
    });

    describe("update", () => {
      it("sets, changes and clears", async () => {
        const ada = await account("ada", { [title]: "Old" });
        const ops = [update(ada, title, "Old", "New"), update(ada, "department", null, "R&D")];
        expect([...(await applyAll(h.target, ops)).values()].map((o) => o.kind)).toEqual(["done", "done"]);
        expect((await see(ada))?.attributes).toMatchObject({ [title]: "New", department: "R&D" });
        expect((await applyOne(h.target, update(ada, title, "New", null))).kind).toBe("done");
        expect((await see(ada))?.attributes).not.toHaveProperty(title);
      });

      it("keeps what somebody else wrote meanwhile, and names the attribute", async () => {
        const ada = await account("ada", { [title]: "Old" });
        await h.editAccount(ada, { [title]: "Theirs" });
        const outcome = await applyOne(h.target, update(ada, title, "Old", "New"));
        expect(outcome).toMatchObject({ kind: "refused", code: "MUS-5005" });
        expect(outcome.detail).toContain(title);
        expect((await see(ada))?.attributes[title]).toBe("Theirs");
      });

      it("does not let one that was overtaken take the others with it", async () => {
        const ada = await account("ada", { [title]: "Theirs" });
        const ops = [update(ada, title, "Old", "New"), update(ada, "department", null, "R&D")];
        const outcomes = await applyAll(h.target, ops);
        expect(ops.map(({ op }) => outcomes.get(op.id)?.kind)).toEqual(["refused", "done"]);
      });

      it("does not set what was empty and is not any more, nor clear what has changed", async () => {
        const ada = await account("ada", { [title]: "Theirs" });
        expect((await applyOne(h.target, update(ada, title, null, "New"))).kind).toBe("refused");
        expect((await applyOne(h.target, update(ada, title, "Old", null))).kind).toBe("refused");
        expect((await see(ada))?.attributes[title]).toBe("Theirs");
      });

      it("says already when it is as wanted", async () => {
        const ada = await account("ada", { [title]: "New" });
        expect((await applyOne(h.target, update(ada, title, "Old", "New"))).kind).toBe("already");
        expect((await applyOne(h.target, update(ada, "department", "Old", null))).kind).toBe("already");
      });

      it("finds the account by its anchor when it was moved and renamed meanwhile", async () => {
        const ada = await account("ada", { [title]: "Old" });
        if (terms.containers) await h.moveAccount(ada, h.leavers);
        await h.editAccount(ada, {
          [label]: "Ada, Countess",
          ...(terms.containers ? {} : { [login]: h.login("countess") }),
        });
        expect((await applyOne(h.target, update(ada, title, "Old", "New"))).kind).toBe("done");
      });

      it("is refused when the account is gone", async () => {
        const ada = await account("ada", { [title]: "Old" });
        await h.deleteAccount(ada);
        const outcome = await applyOne(h.target, update(ada, title, "Old", "New"));
        expect(outcome).toMatchObject({ kind: "refused", code: "MUS-5005" });
      });

      it("follows references to where the other account is now", async () => {
        const [ada, bob, eve] = [await account("ada"), await account("bob"), await account("eve")];
        const refer = (before: string | null, after: string) =>
          readyOp("update", {
            object: { anchor: ada },
            slot: "manager",
            before: { manager: before === null ? null : { ref: before as IdentityKey } },
            after: { manager: { ref: after as IdentityKey } },
            references: { "person:hr:b": bob, "person:hr:e": eve },
          });
        expect((await applyOne(h.target, refer(null, "person:hr:b"))).kind).toBe("done");
        if (terms.containers) await h.moveAccount(bob, h.leavers);
        else await h.editAccount(bob, { [login]: h.login("robert") });
        expect((await applyOne(h.target, refer("person:hr:b", "person:hr:e"))).kind).toBe("done");
        expect((await see(ada))?.attributes.manager).toEqual({ dn: (await see(eve))?.address });
        await h.deleteAccount(bob);
        const toGone = await applyOne(h.target, refer("person:hr:e", "person:hr:b"));
        expect(toGone).toMatchObject({ kind: "refused", code: "MUS-5005" });
        expect((await see(ada))?.attributes.manager).toEqual({ dn: (await see(eve))?.address });
      });
    });

    describe("rename and move", () => {
      const rename = (anchor: Anchor, before: Values, after: Values) =>
        readyOp("rename", { object: { anchor }, before, after });
      const move = (anchor: Anchor, before: string, after: string) =>
        readyOp("move", { object: { anchor }, before: { container: before }, after: { container: after } });

      it("changes all names at once, hard characters included", async () => {
        const ada = await account("ada");
        const [old, changed] = [h.login("ada"), h.login("zoe")];
        const op = rename(ada, { [label]: "ada", [login]: old }, { [label]: HARD, [login]: changed });
        expect((await applyOne(h.target, op)).kind).toBe("done");
        const seen = await see(ada);
        expect(seen?.attributes).toMatchObject({ [label]: HARD, [login]: changed });
        expect((await applyOne(h.target, rename(ada, { [label]: HARD }, { [label]: "back\\" }))).kind).toBe("done");
        expect((await see(ada))?.attributes[label]).toBe("back\\");
      });

      if (terms.containers)
        it("does both at once, with an outcome for each", async () => {
          const ada = await account("ada");
          const ops = [rename(ada, { [label]: "ada" }, { [label]: "end\\" }), move(ada, h.staff, h.leavers)];
          expect([...(await applyAll(h.target, ops)).values()].map((o) => o.kind)).toEqual(["done", "done"]);
          const seen = await see(ada);
          expect(sameDn(seen?.container ?? "", h.leavers)).toBe(true);
          expect(seen?.attributes[label]).toBe("end\\");
        });

      it("is refused when somebody else renamed or moved it elsewhere, already when as wanted", async () => {
        const ada = await account("ada");
        const to = (text: string) => rename(ada, { [terms.name]: named("ada") }, { [terms.name]: named(text) });
        await h.editAccount(ada, { [terms.name]: named("theirs") });
        expect(await applyOne(h.target, to("ours"))).toMatchObject({ kind: "refused", code: "MUS-5005" });
        expect((await applyOne(h.target, to("theirs"))).kind).toBe("already");
        if (terms.containers) expect((await applyOne(h.target, move(ada, h.leavers, h.staff))).kind).toBe("already");
      });

      it("fails when the name is taken there, and changes nothing", async () => {
        const [ada, bob] = [await account("ada"), await account("bob")];
        const op = rename(bob, { [terms.name]: named("bob") }, { [terms.name]: named("ADA") });
        expect(await applyOne(h.target, op)).toMatchObject({ kind: "failed", code: "MUS-5006" });
        expect((await see(bob))?.attributes[terms.name]).toBe(named("bob"));
        expect((await see(ada))?.attributes[terms.name]).toBe(named("ada"));
      });
    });

    describe("enable, disable, delete", () => {
      const op = (verb: "enable" | "disable" | "delete", anchor: Anchor) => readyOp(verb, { object: { anchor } });

      it("switches an account off and on, and says already", async () => {
        const ada = await account("ada");
        expect((await applyOne(h.target, op("disable", ada))).kind).toBe("done");
        expect((await see(ada))?.enabled).toBe(false);
        expect((await applyOne(h.target, op("disable", ada))).kind).toBe("already");
        expect((await applyOne(h.target, op("enable", ada))).kind).toBe("done");
        expect((await see(ada))?.enabled).toBe(true);
      });

      it("deletes a disabled account only, and frees its name", async () => {
        const ada = await account("ada");
        expect(await applyOne(h.target, op("delete", ada))).toMatchObject({ kind: "refused", code: "MUS-5005" });
        await h.disableAccount(ada);
        expect((await applyOne(h.target, op("delete", ada))).kind).toBe("done");
        expect(await see(ada)).toBeNull();
        expect((await applyOne(h.target, op("delete", ada))).kind).toBe("already");
        expect((await applyOne(h.target, create("ada"))).kind).toBe("done");
      });

      it("resets a password", async () => {
        const task = readyOp("run-task", { object: { anchor: await account("ada") }, slot: "reset-password" });
        expect((await applyOne(h.target, task)).kind).toBe("done");
      });
    });

    describe("members", () => {
      const member = (verb: "add-member" | "remove-member", anchor: Anchor, group: Anchor) =>
        readyOp(verb, { object: { anchor }, slot: group });

      it("are added and removed, each with its own outcome, in few requests", async () => {
        const group = await h.addGroup("team");
        const people = [];
        for (const called of ["a", "b", "c", "d", "e"]) people.push(await account(called));
        const [a, b, c, d, e] = people as [Anchor, Anchor, Anchor, Anchor, Anchor];
        await h.addMember(group, b);
        await h.deleteAccount(c);
        const before = h.writes();
        const adds = [a, b, c, d].map((anchor) => member("add-member", anchor, group));
        const outcomes = await applyAll(h.target, adds);
        expect(adds.map(({ op }) => outcomes.get(op.id)?.kind)).toEqual(["done", "already", "refused", "done"]);
        expect(h.writes() - before).toBeLessThanOrEqual(2);
        const seen = await h.target.observe({ attributes: [], groups: [{ name: "team", anchor: group }] });
        expect(seen.groups[0]).toMatchObject({ anchor: group, members: [a, b, d].sort(), others: 0, managed: true });
        const removes = [a, e, c].map((anchor) => member("remove-member", anchor, group));
        const removed = await applyAll(h.target, removes);
        expect(removes.map(({ op }) => removed.get(op.id)?.kind)).toEqual(["done", "already", "already"]);
      });

      it("are those accounts, wherever they were moved, and nobody who has their names by now", async () => {
        const group = await h.addGroup("team");
        const ada = await account("ada");
        // The name is free again by now, and somebody else takes it.
        if (terms.containers) await h.moveAccount(ada, h.leavers);
        else await h.editAccount(ada, { [login]: h.login("countess"), mailNickname: "countess" });
        const other = await h.addAccount({ [label]: "ada", [login]: h.login(terms.containers ? "ada2" : "ada") });
        const members = async () =>
          (await h.target.observe({ attributes: [], groups: [{ name: "team", anchor: group }] })).groups[0]?.members;
        expect((await applyOne(h.target, member("add-member", ada, group))).kind).toBe("done");
        expect(await members()).toEqual([ada]);
        await h.addMember(group, other);
        expect((await applyOne(h.target, member("remove-member", ada, group))).kind).toBe("done");
        expect(await members()).toEqual([other]);
      });

      it("are told apart after a lost reply, too", async () => {
        const group = await h.addGroup("team");
        const [ada, gone] = [await account("ada"), await account("gone")];
        h.loseReply("before");
        const expected = terms.resends ? ["done"] : ["failed", "unknown"];
        expect(expected).toContain((await applyOne(h.target, member("add-member", ada, group))).kind);
        h.loseReply("after");
        expect(["done", "unknown"]).toContain((await applyOne(h.target, member("add-member", ada, group))).kind);
        expect((await applyOne(h.target, member("add-member", ada, group))).kind).toBe("already");
        await h.deleteAccount(gone);
        h.loseReply("before");
        const outcome = await applyOne(h.target, member("add-member", gone, group));
        expect(["refused", "unknown"]).toContain(outcome.kind);
      });

      it("are refused when the group is gone", async () => {
        const group = "00000000-0000-4000-8000-000000000000";
        const ada = await account("ada");
        expect((await applyOne(h.target, member("add-member", ada, group))).kind).toBe("refused");
        expect((await applyOne(h.target, member("remove-member", ada, group))).kind).toBe("already");
      });
    });

    describe("observe", () => {
      it("shows everything once, sorted, and equal pictures have equal digests", async () => {
        const ada = await account("ada", { [title]: "Engineer" });
        await h.addGroup("team");
        const first = await h.target.observe(selection);
        const anchors = first.accounts.map((seen) => seen.anchor);
        expect(anchors).toEqual([...anchors].sort());
        expect(first.accounts.find((seen) => seen.anchor === ada)).toEqual(await see(ada));
        expect(first.containers.some((dn) => sameDn(dn, h.leavers))).toBe(terms.containers);
        const taken = first.names.filter((name) => name.anchor === ada).map((name) => `${name.space} ${name.value}`);
        expect(taken.sort()).toEqual([...terms.taken("account", "ada", h.login("ada"))].sort());
        const names = new Set(first.names.map((name) => `${name.space} ${name.value}`));
        for (const name of terms.taken("group", "team", h.login("team"))) expect(names).toContain(name);
        expect((await h.target.observe(selection)).digest).toBe(first.digest);
        await h.editAccount(ada, { [title]: "Architect" });
        expect((await h.target.observe(selection)).digest).not.toBe(first.digest);
      });

      it("writes nothing", async () => {
        await account("ada");
        const before = h.writes();
        await h.target.observe(selection);
        await h.target.findClaim("none", selection);
        expect(h.writes()).toBe(before);
      });
    });

    describe("a lost reply", () => {
      it("is never reported as failure of what took effect, nor as success of what did not", async () => {
        const ada = await account("ada", { [title]: "Old" });
        h.loseReply("after");
        expect(["done", "unknown"]).toContain((await applyOne(h.target, update(ada, title, "Old", "New"))).kind);
        expect((await see(ada))?.attributes[title]).toBe("New");
        h.loseReply("before");
        const expected = terms.resends ? ["done"] : ["failed", "unknown"];
        expect(expected).toContain((await applyOne(h.target, update(ada, title, "New", "Newer"))).kind);
        expect((await see(ada))?.attributes[title]).toBe(terms.resends ? "Newer" : "New");
      });

      it("of a create leaves one account at most, and the same create finishes it", async () => {
        h.loseReply("after");
        expect(["done", "unknown"]).toContain((await applyOne(h.target, create("ada"))).kind);
        expect(["done", "already"]).toContain((await applyOne(h.target, create("ada"))).kind);
        h.loseReply("before");
        expect(["failed", "unknown"]).toContain((await applyOne(h.target, create("bob"))).kind);
        expect((await applyOne(h.target, create("bob"))).kind).toBe("done");
        const { accounts } = await h.target.observe(selection);
        for (const called of ["ada", "bob"]) {
          const made = accounts.filter((seen) => seen.attributes[label] === called);
          expect(made.map((seen) => seen.enabled)).toEqual([true]);
        }
      });
    });
  });
}
