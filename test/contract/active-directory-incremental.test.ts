/** Incremental reads equal full reads, and cost next to nothing when nothing happened. */
import { Attribute, Change, Control } from "ldapts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Observed, Selection } from "../../reconciler/model/observed.js";
import type { PictureMemory } from "../../reconciler/model/ports.js";
import { onRequest } from "../../reconciler/sandbox/directory-server.js";
import { RandomEdits } from "../support/random-edits.js";
import { type SandboxHarness, sandboxHarness } from "./harness-sandbox.js";

let harness: SandboxHarness;
let memory: PictureMemory & { value: unknown };
beforeEach(async () => {
  harness = await sandboxHarness();
  memory = rememberInJson();
});
afterEach(() => harness.close());

/** As the cache does it: what comes back is a copy that went through JSON. */
function rememberInJson(): PictureMemory & { value: unknown } {
  let text: string | null = null;
  return {
    get value() {
      return text === null ? undefined : JSON.parse(text);
    },
    set value(value: unknown) {
      text = JSON.stringify(value);
    },
    load: () => (text === null ? undefined : JSON.parse(text)),
    save: (value) => {
      text = JSON.stringify(value);
    },
  };
}

const attributes = ["title", "manager", "sAMAccountName", "cn"];
const plain: Selection = { attributes, groups: [] };

function selectionOf(...groups: string[]): Selection {
  return { attributes, groups: groups.map((name) => ({ name, anchor: null })) };
}

const groupDn = (name: string) => `CN=${name},OU=Groups,${harness.sandbox.baseDn}`;

async function account(cn: string, attributes: Record<string, string> = {}): Promise<string> {
  return harness.addAccount({ cn, sAMAccountName: cn, ...attributes });
}

async function addTo(group: string, member: string): Promise<void> {
  const modification = new Attribute({ type: "member", values: [member] });
  await harness.admin.modify(group, new Change({ operation: "add", modification }));
}

/** What an incremental read says, after it was compared with a full one. */
async function update(selection: Selection = plain): Promise<Observed> {
  const updated = await harness.target.observe(selection, memory);
  const { how: _, ...full } = await harness.target.observe(selection);
  const { how, ...rest } = updated;
  expect(rest).toEqual(full);
  return { ...rest, how };
}

/** A new session, as the next run has one: the uSN of the server is read when a connection is made. */
async function nextRun(): Promise<void> {
  await harness.target.close();
  await harness.target.open("reader");
}

async function kindAfter(edit: () => Promise<unknown>, selection: Selection = plain): Promise<Observed["how"]> {
  await harness.target.observe(selection, memory);
  await edit();
  await nextRun();
  return (await update(selection)).how;
}

const INCREMENTAL = { kind: "incremental", why: null };

describe("an incremental read", () => {
  it("equals a full one after random edits, and then follows from there", async () => {
    const groups = ["one", "two"].map(groupDn);
    for (const name of ["one", "two"]) await harness.addGroup(name);
    // Whoever joins or leaves it becomes protected, or is no longer.
    await addTo(`CN=Backup Operators,CN=Builtin,${harness.sandbox.baseDn}`, groupDn("one"));
    const ground = { client: harness.admin, containers: [harness.staff, harness.leavers], groups, tag: "r" };
    const edits = new RandomEdits(ground, 4711);
    const selection = selectionOf(...groups);
    const kinds: string[] = [];
    for (let batch = 0; batch < 25; batch++) {
      const made: string[] = [];
      for (let i = 0; i < 8; i++) made.push(await edits.edit());
      await nextRun();
      const { how, ...updated } = await harness.target.observe(selection, memory);
      const { how: _, ...full } = await harness.target.observe(selection);
      expect(updated, made.join("\n")).toEqual(full);
      kinds.push(how.kind);
    }
    expect(kinds).toEqual(["full", ...Array.from({ length: 24 }, () => "incremental")]);
  });

  it("costs at most 5 requests when nothing happened, connecting included", async () => {
    await harness.addGroup("one");
    await account("ada");
    const selection = selectionOf(groupDn("one"));
    await harness.target.observe(selection, memory);
    await harness.target.close();
    const { counters } = harness.sandbox;
    const count = () => counters.bind + counters.search + counters.extended + counters.compare + counters.writes;
    const before = count();
    await harness.target.open("reader");
    expect((await harness.target.observe(selection, memory)).how).toEqual(INCREMENTAL);
    expect(count() - before).toBeLessThanOrEqual(5);
  });

  it("follows the manager who is renamed, and forgets the one who is deleted", async () => {
    const manager = await account("boss");
    const dn = `CN=boss,${harness.staff}`;
    const person = await account("ada", { manager: dn });
    const managerOf = (picture: Observed) => picture.accounts.find((a) => a.anchor === person)?.attributes.manager;
    expect(managerOf(await harness.target.observe(plain, memory))).toEqual({ dn });
    await harness.editAccount(manager, { cn: "chief" });
    await nextRun();
    const renamed = await update();
    expect(renamed.how).toEqual(INCREMENTAL);
    expect(managerOf(renamed)).toEqual({ dn: `CN=chief,${harness.staff}` });
    await harness.deleteAccount(manager);
    await nextRun();
    const deleted = await update();
    expect(deleted.how).toEqual(INCREMENTAL);
    expect(managerOf(deleted)).toBeUndefined();
  });

  it("drops a deleted member of a group, whose own number does not change", async () => {
    const group = await harness.addGroup("one");
    const member = await account("ada");
    await harness.addMember(group, member);
    expect(await kindAfter(() => harness.deleteAccount(member), selectionOf(groupDn("one")))).toEqual(INCREMENTAL);
  });

  it("sees an account that was disabled, and one whose primary group is another", async () => {
    const one = await account("ada");
    expect(await kindAfter(() => harness.disableAccount(one))).toEqual(INCREMENTAL);
  });
});

describe("everything is read, and it is said why,", () => {
  it("the first time, and when the memory is of another form", async () => {
    expect((await harness.target.observe(plain, memory)).how).toEqual({
      kind: "full",
      why: "nothing usable is remembered",
    });
    memory.value = { schema: 0 };
    expect((await harness.target.observe(plain, memory)).how.why).toContain("another form");
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["another domain controller answers", { server: "CN=DC2" }, "another domain controller"],
    ["its database is another one", { invocation: "00112233-4455-6677-8899-aabbccddeeff" }, "database"],
    ["it was restored: it counts less", { usn: 2 ** 40 }, "restored"],
    ["more than 7 days went by", { fullAt: Date.now() - 8 * 86_400_000 }, "7 days"],
    [
      "the container of deleted objects is hidden",
      { deletedObjects: "00112233-4455-6677-8899-aabbccddeeff" },
      "Deleted",
    ],
  ])("when %s", async (_, stored, why) => {
    await harness.target.observe(plain, memory);
    memory.value = { ...(memory.value as object), ...stored };
    const { how } = await update();
    expect(how.kind).toBe("full");
    expect(how.why).toContain(why);
    expect((await update()).how).toEqual(INCREMENTAL);
  });

  it("when something else is asked for", async () => {
    await harness.target.observe(plain, memory);
    expect((await update({ attributes: [...attributes, "department"], groups: [] })).how.why).toContain("asked for");
  });

  it("when a container was moved: nothing below it says so", async () => {
    const { admin, staff, leavers } = harness;
    const inner = `OU=Inner,${staff}`;
    await admin.add(inner, { objectClass: ["organizationalUnit"] });
    await harness.moveAccount(await account("ada"), inner);
    const how = await kindAfter(() => admin.modifyDN(inner, `OU=Inner,${leavers}`));
    expect(how.kind).toBe("full");
    expect(how.why).toContain("OU=Inner");
  });

  it("when a deleted account was restored: links to it are back", async () => {
    const { admin, staff } = harness;
    const boss = await account("boss");
    await account("ada", { manager: `CN=boss,${staff}` });
    await harness.target.observe(plain, memory);
    await harness.deleteAccount(boss);
    await nextRun();
    await update();
    const showDeleted = new Control("1.2.840.113556.1.4.417", { critical: true });
    const restore = [
      new Change({ operation: "delete", modification: new Attribute({ type: "isDeleted", values: [] }) }),
      new Change({
        operation: "replace",
        modification: new Attribute({ type: "distinguishedName", values: [`CN=boss,${staff}`] }),
      }),
    ];
    const how = await kindAfter(() => admin.modify(`<GUID=${boss}>`, restore, showDeleted));
    expect(how.kind).toBe("full");
  });

  it("when an attribute changes without a trace", async () => {
    const selection = { attributes: ["memberOf"], groups: [] };
    await harness.target.observe(selection, memory);
    expect((await update(selection)).how).toMatchObject({ kind: "full", why: expect.stringContaining("memberOf") });
  });

  it("when the connection broke in the middle: all of a read comes over one connection", async () => {
    await account("ada");
    let cuts = 1;
    harness.faults.before = onRequest(
      ({ kind, dn }) => kind === "search" && dn === harness.sandbox.baseDn && cuts-- > 0,
      { do: "drop-after" },
    );
    expect((await harness.target.observe(plain)).accounts.some((a) => a.attributes.cn === "ada")).toBe(true);
    expect(cuts).toBeLessThan(0);
  });
});
