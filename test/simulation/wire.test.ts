/** The same worlds over LDAPS: the Active Directory driver against the embedded directory. */
import { Attribute, Change, ResultCodeError } from "ldapts";
import { afterAll, expect, test } from "vitest";
import { childDn, parentDn } from "../../reconciler/support/dn.js";
import { type SandboxHarness, sandboxHarness } from "../contract/harness-sandbox.js";
import { Coverage } from "./coverage.js";
import { directoryDialect } from "./dialect.js";
import { byAddress, type Hands, observeAll } from "./hands.js";
import { GROUPS, GROUPS_OU } from "./policy.js";
import { forAllWorlds, WIRE_WORLDS } from "./property.js";
import { pictureOf } from "./shadow.js";
import { walk } from "./walk.js";
import { worldSpec } from "./world.js";

const DIALECT = directoryDialect("active-directory");

/** A new sandbox with the groups of every world, and the administrator's hands in it. */
async function wireHands(): Promise<{ hands: Hands; harness: SandboxHarness }> {
  const harness = await sandboxHarness();
  const { admin, target } = harness;
  for (const name of GROUPS) await harness.addGroup(name);
  const builtIn = new Set((await observeAll(target)).accounts.map((account) => account.anchor));
  const accounts = async () =>
    byAddress((await observeAll(target)).accounts.filter((account) => !builtIn.has(account.anchor)));
  const byGuid = (anchor: string) => `<GUID=${anchor}>`;
  const replace = (type: string, values: string[]) =>
    new Change({ operation: "replace", modification: new Attribute({ type, values }) });
  const dnOf = async (anchor: string) => (await accounts()).find((account) => account.anchor === anchor)?.address ?? "";
  const hands: Hands = {
    port: target,
    dialect: DIALECT,
    picture: async () => pictureOf(await observeAll(target)),
    accounts,
    writes: harness.writes,
    addAccount: async ({ attributes: { cn = "", ...attributes }, container, enabled }) => {
      const dn = childDn("CN", cn, container);
      if (!(await succeeds(admin.add(dn, { objectClass: ["user"], ...attributes })))) return null;
      const pwd = new Attribute({ type: "unicodePwd", values: [Buffer.from('"Initial-1-secret"', "utf16le")] });
      const state = replace("userAccountControl", [enabled ? "512" : "514"]);
      await admin.modify(dn, [new Change({ operation: "replace", modification: pwd }), state]);
      return (await accounts()).find((account) => account.address.toLowerCase() === dn.toLowerCase())?.anchor ?? null;
    },
    edit: (anchor, changes) => {
      const list = Object.entries(changes).map(([type, value]) => replace(type, value === null ? [] : [value]));
      return succeeds(admin.modify(byGuid(anchor), list));
    },
    move: async (anchor, container) => {
      const dn = await dnOf(anchor);
      return succeeds(admin.modifyDN(dn, `${dn.slice(0, firstComma(dn))},${container}`));
    },
    enable: (anchor) => succeeds(admin.modify(byGuid(anchor), replace("userAccountControl", ["512"]))),
    disable: (anchor) => succeeds(admin.modify(byGuid(anchor), replace("userAccountControl", ["514"]))),
    remove: (anchor) => succeeds(admin.del(byGuid(anchor))),
    changeMember: async (change, group, account) => {
      const member = new Attribute({ type: "member", values: [await dnOf(account)] });
      const operation = change === "add-member" ? "add" : "delete";
      const dn = childDn("CN", GROUPS[group % GROUPS.length] ?? "", GROUPS_OU);
      return succeeds(admin.modify(dn, new Change({ operation, modification: member })));
    },
  };
  return { hands, harness };
}

/** Whether the directory agreed. */
async function succeeds(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof ResultCodeError) return false;
    throw error;
  }
}

/** Where the first RDN of a DN ends. */
function firstComma(dn: string): number {
  return dn.length - parentDn(dn).length - 1;
}

const coverage = new Coverage(DIALECT);
afterAll(() => console.info(`Simulation, over the wire: ${coverage}`));

test(`every invariant holds in ${WIRE_WORLDS} worlds over the wire`, { timeout: 3_600_000 }, async () => {
  await forAllWorlds(worldSpec(12), WIRE_WORLDS, async (spec, shrinking) => {
    const { hands, harness } = await wireHands();
    try {
      await walk(spec, hands, shrinking ? new Coverage(DIALECT) : coverage);
    } finally {
      await harness.close();
    }
  });
  expect(coverage.worlds).toBe(WIRE_WORLDS);
});
