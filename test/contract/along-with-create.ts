/** What targets that say `alongWithCreate` must do: a reference that is handed over with the create of its account. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IdentityKey } from "../../reconciler/model/identity.js";
import type { Anchor } from "../../reconciler/model/observed.js";
import { applyAll, readyOp } from "../support/ready-ops.js";
import type { Harness, Terms } from "./harness.js";

export function describeAlongWithCreate(name: string, start: () => Promise<Harness>, terms: Terms): void {
  const { label, login } = terms;
  describe(`a manager who is handed over with a create: ${name}`, () => {
    let h: Harness;
    let boss: Anchor;
    beforeEach(async () => {
      h = await start();
      boss = await h.addAccount({ [label]: "boss", [login]: h.login("boss") });
    });
    afterEach(() => h.close());

    const object = { claim: "claim-ada" };
    const create = () => {
      const place = terms.containers ? { container: h.staff } : {};
      return readyOp("create", { object, after: { [label]: "ada", [login]: h.login("ada"), ...place, enabled: true } });
    };
    const managed = () =>
      readyOp("update", {
        object,
        slot: "manager",
        before: { manager: null },
        after: { manager: { ref: "person:hr:9" as IdentityKey } },
        references: { "person:hr:9": boss },
      });
    const see = (anchor: Anchor) => h.target.read(anchor, { attributes: ["manager"], groups: [] });
    const bossAddress = async () => (await see(boss))?.address;

    it.each([
      ["after it", 0],
      ["before it", 1],
    ])("%s: one write does both, and both say the new anchor", async (_, at) => {
      const [first, second] = [create(), managed()];
      const before = h.writes();
      const outcomes = await applyAll(h.target, at === 0 ? [first, second] : [second, first]);
      const { anchor } = outcomes.get(first.op.id) ?? {};
      expect(outcomes.get(first.op.id)?.kind).toBe("done");
      expect(outcomes.get(second.op.id)).toMatchObject({ kind: "done", anchor });
      expect(h.writes() - before).toBe(1);
      expect((await see(anchor ?? ""))?.attributes.manager).toEqual({ dn: await bossAddress() });
    });

    it("who was deleted meanwhile does not fail the create", async () => {
      await h.deleteAccount(boss);
      const [first, second] = [create(), managed()];
      const outcomes = await applyAll(h.target, [first, second]);
      expect(outcomes.get(first.op.id)?.kind).toBe("done");
      expect(outcomes.get(second.op.id)).toMatchObject({ kind: "refused", code: "MUS-5005" });
    });

    it("is refused where the create is", async () => {
      await h.addAccount({ [label]: "other", [login]: h.login("ada") });
      const [first, second] = [create(), managed()];
      const outcomes = await applyAll(h.target, [first, second]);
      expect(outcomes.get(first.op.id)?.kind).toBe("failed");
      expect(outcomes.get(second.op.id)).toMatchObject({ kind: "refused", code: "MUS-5005" });
    });
  });
}
