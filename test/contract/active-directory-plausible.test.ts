/**
 * A full read that sees far less than the last one is refused: to a reader who lost the right to see a part of the
 * directory, that part looks as if it had been deleted.
 */
import { Attribute, Change } from "ldapts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Selection } from "../../reconciler/model/observed.js";
import type { PictureMemory } from "../../reconciler/model/ports.js";
import { type SandboxHarness, sandboxHarness } from "./harness-sandbox.js";

const FILE = "/cache/picture.cache";
const plain: Selection = { attributes: ["title"], groups: [] };

let harness: SandboxHarness;
let stored: string | null;
const memory: PictureMemory = {
  file: FILE,
  load: () => (stored === null ? undefined : JSON.parse(stored)),
  save: (value) => {
    stored = JSON.stringify(value);
  },
};

beforeEach(async () => {
  harness = await sandboxHarness();
  stored = null;
});
afterEach(() => harness.close());

async function addAccounts(count: number): Promise<string[]> {
  const anchors: string[] = [];
  for (let i = 0; i < count; i++) anchors.push(await harness.addAccount({ cn: `p${i}`, sAMAccountName: `p${i}` }));
  return anchors;
}

async function removeAccounts(anchors: readonly string[]): Promise<void> {
  for (const anchor of anchors) await harness.deleteAccount(anchor);
}

/** The next run, which cannot bring the picture up to date. */
async function readInFull(selection: Selection = plain, change: Record<string, unknown> = { fullAt: 0 }) {
  stored = JSON.stringify({ ...JSON.parse(stored ?? "{}"), ...change });
  await harness.target.close();
  await harness.target.open("reader");
  return harness.target.observe(selection, memory);
}

describe("a full read after a remembered one", () => {
  it("is refused with the figures, again and again, when more than half of the accounts are gone", async () => {
    const anchors = await addAccounts(24);
    const before = (await harness.target.observe(plain, memory)).accounts.length;
    await removeAccounts(anchors.slice(0, 22));
    const refusal = {
      code: "MUS-5003",
      what: expect.stringContaining(`${before - 22} accounts (${before} the last time)`),
      next: expect.stringMatching(new RegExp(`delete ${FILE}.*--no-cache`)),
    };
    await expect(readInFull()).rejects.toMatchObject(refusal);
    await expect(readInFull()).rejects.toMatchObject(refusal);
    expect((await harness.target.observe(plain)).accounts).toHaveLength(before - 22);
    stored = null;
    expect((await harness.target.observe(plain, memory)).accounts).toHaveLength(before - 22);
  });

  it("is refused also where the last picture could not be brought up to date", async () => {
    const anchors = await addAccounts(24);
    const untraceable = { attributes: ["memberOf"], groups: [] };
    await harness.target.observe(untraceable, memory);
    await removeAccounts(anchors.slice(0, 22));
    await expect(harness.target.observe(untraceable, memory)).rejects.toMatchObject({ code: "MUS-5003" });
  });

  it("is refused when most members of a group are gone, and names the group", async () => {
    const group = await harness.addGroup("one");
    const dn = `CN=one,OU=Groups,${harness.sandbox.baseDn}`;
    const selection = { attributes: [], groups: [{ name: dn, anchor: null }] };
    const anchors = await addAccounts(24);
    for (const anchor of anchors) await harness.addMember(group, anchor);
    await harness.target.observe(selection, memory);
    const values = anchors.slice(0, 20).map((_, i) => `CN=p${i},${harness.staff}`);
    const modification = new Attribute({ type: "member", values });
    await harness.admin.modify(dn, new Change({ operation: "delete", modification }));
    await expect(readInFull(selection)).rejects.toMatchObject({
      what: expect.stringContaining(`4 members of ${dn} (24 the last time)`),
    });
  });

  it.each([
    ["fewer than 20 are gone", 30, 19],
    ["no more than half are gone", 60, 21],
  ])("is believed when %s", async (_, all, gone) => {
    const anchors = await addAccounts(all);
    const before = (await harness.target.observe(plain, memory)).accounts.length;
    await removeAccounts(anchors.slice(0, gone));
    const picture = await readInFull();
    expect(picture.how.kind).toBe("full");
    expect(picture.accounts).toHaveLength(before - gone);
  });

  it("is believed when the deletions were seen one by one before", async () => {
    const anchors = await addAccounts(24);
    await harness.target.observe(plain, memory);
    await removeAccounts(anchors.slice(0, 22));
    await harness.target.close();
    await harness.target.open("reader");
    expect((await harness.target.observe(plain, memory)).how.kind).toBe("incremental");
    expect((await readInFull()).how.kind).toBe("full");
  });

  it.each(["base", "reader"])("is not compared with what another %s was seen by", async (key) => {
    const anchors = await addAccounts(24);
    await harness.target.observe(plain, memory);
    await removeAccounts(anchors.slice(0, 22));
    const { counts } = JSON.parse(stored ?? "{}");
    const other = { fullAt: 0, counts: { ...counts, [key]: "other" } };
    expect((await readInFull(plain, other)).how.kind).toBe("full");
  });
});
