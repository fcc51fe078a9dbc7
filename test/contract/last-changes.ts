/** When and where values were changed last, as a target that can tell tells it. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Anchor } from "../../reconciler/model/observed.js";
import type { ChangeQuery } from "../../reconciler/model/ports.js";
import type { Harness } from "./harness.js";

export function describeLastChanges(name: string, start: () => Promise<Harness>): void {
  describe(`${name}, the last changes`, () => {
    let harness: Harness;
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.close());

    let accounts = 0;
    const addAccount = (): Promise<Anchor> => {
      accounts += 1;
      return harness.addAccount({ cn: `Changed ${accounts}`, sAMAccountName: harness.login(`changed${accounts}`) });
    };
    const ask = async (...queries: ChangeQuery[]) => (await harness.target.lastChanges?.(queries)) ?? new Map();
    const changeOf = async (anchor: Anchor, attribute: string) =>
      (await ask({ anchor, attributes: [attribute] })).get(anchor)?.[attribute];

    /** What is said of a value while it is changed; the clock of the directory is this machine's. */
    async function expectNow(anchor: Anchor, attribute: string, edit: () => Promise<void>) {
      const { version } = (await changeOf(anchor, attribute)) ?? { version: 0 };
      const before = Math.floor(Date.now() / 1000) * 1000;
      await edit();
      const said = await changeOf(anchor, attribute);
      expect(said).toMatchObject({ by: "DC1" });
      // One write of a client may be several of the server.
      expect(said?.version).toBeGreaterThan(version);
      expect(said?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(Date.parse(said?.at ?? "")).toBeGreaterThanOrEqual(before);
      expect(Date.parse(said?.at ?? "")).toBeLessThanOrEqual(Date.now());
    }

    it("are those of an attribute that is set, changed and cleared", async () => {
      const anchor = await addAccount();
      expect(await changeOf(anchor, "title")).toBeUndefined();
      await expectNow(anchor, "title", () => harness.editAccount(anchor, { title: "Queen" }));
      await expectNow(anchor, "title", () => harness.editAccount(anchor, { title: "King" }));
      await expectNow(anchor, "title", () => harness.editAccount(anchor, { title: null }));
    });

    it("are those of userAccountControl for the state, and of name for the container", async () => {
      const anchor = await addAccount();
      await expectNow(anchor, "enabled", () => harness.disableAccount(anchor));
      const state = await changeOf(anchor, "enabled");
      await expectNow(anchor, "container", () => harness.moveAccount(anchor, harness.leavers));
      expect(await changeOf(anchor, "enabled")).toEqual(state);
    });

    it("are those of cn and sAMAccountName for a rename", async () => {
      const anchor = await addAccount();
      const login = harness.login(`renamed${accounts}`);
      await expectNow(anchor, "cn", () => harness.editAccount(anchor, { cn: `Renamed ${accounts}` }));
      await expectNow(anchor, "sAMAccountName", () => harness.editAccount(anchor, { sAMAccountName: login }));
    });

    it("are left out where there is nothing to tell, and are there for the others", async () => {
      const [one, other] = [await addAccount(), await addAccount()];
      await harness.editAccount(one, { title: "Queen" });
      const answer = await ask(
        { anchor: randomUUID(), attributes: ["title"] },
        { anchor: one, attributes: ["title", "noSuchAttribute", "department"] },
        { anchor: other, attributes: ["sAMAccountName", "title"] },
      );
      expect([...answer.keys()].sort()).toEqual([one, other].sort());
      expect(Object.keys(answer.get(one) ?? {})).toEqual(["title"]);
      expect(Object.keys(answer.get(other) ?? {})).toEqual(["sAMAccountName"]);
      expect(await ask()).toEqual(new Map());
    });

    it("write nothing", async () => {
      const anchor = await addAccount();
      const writes = harness.writes();
      await ask({ anchor, attributes: ["title", "enabled", "container", "manager"] });
      expect(harness.writes()).toBe(writes);
    });
  });
}
