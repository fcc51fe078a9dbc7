/** How a linked account is found: by the bytes of its source's GUID, and by nothing else. */
import { describe, expect, it } from "vitest";
import { AD_LIKE, GRAPH_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { memoryTarget } from "../../../reconciler/targets/memory/target.js";
import { compileDocuments, mergePolicies, readBasePolicies, workerFrom } from "../../golden/case-file.js";
import { immutableIdOf } from "../../support/connect.js";
import { Simulation } from "../../support/simulation.js";

const AT = "2026-03-02T09:00+01:00";
/** [MS-DTYP] 2.3.4.2: 00112233-4455-6677-8899-aabbccddeeff is stored as 33 22 11 00 55 44 77 66 88 99 aa bb cc dd ee ff. */
const STORED = Uint8Array.from(Buffer.from("33221100554477668899aabbccddeeff", "hex"));
const STORED_BASE64 = "MyIRAFVEd2aImaq7zN3u/w==";

/** Anna, bound in the directory; the tenant is empty. */
async function world() {
  const ad = memoryTarget({
    ...AD_LIKE,
    name: "corp-ad",
    managed: { accounts: ["OU=People,DC=corp,DC=example"], groups: ["OU=Groups,DC=corp,DC=example"] },
  });
  ad.directory.addContainer("OU=Staff,OU=People,DC=corp,DC=example");
  const tenant = memoryTarget({ ...GRAPH_LIKE, lag: 0, name: "contoso", managed: { accounts: ["tenant"] }, seed: 2 });
  const simulation = new Simulation({
    policies: compileDocuments(mergePolicies(readBasePolicies("with-tenant"), [])),
    workers: [workerFrom("101", { name: "Anna Huber", from: "2024-01-08" }, undefined)],
    sources: {},
    targets: { "corp-ad": ad, contoso: tenant },
    environment: "production",
  });
  await simulation.run(AT);
  const anna = [...ad.directory.records.values()].find((record) => record.kind === "account");
  if (anna === undefined) throw new Error("Anna has an account");
  const addUser = (onPremisesImmutableId: string, synced = true) => {
    const attributes = { userPrincipalName: `u${tenant.directory.records.size}@corp.example`, onPremisesImmutableId };
    return tenant.directory.addAccount({ attributes, synced });
  };
  const stages = async () => (await simulation.plan(AT)).counts.stages;
  const outcome = async () => {
    const { ops, findings } = await simulation.plan(AT);
    const binds = ops.filter((op) => op.verb === "bind" && op.target === "contoso");
    const bound = binds.map((op) => op.after.anchor);
    return { bound, kinds: findings.filter((one) => one.target === "contoso").map((one) => one.kind) };
  };
  return { ad: ad.directory, anna, addUser, outcome, stages };
}

describe("a linked account", () => {
  it("is known by the bytes of the objectGUID in the order in which a directory stores them", async () => {
    expect(immutableIdOf("00112233-4455-6677-8899-aabbccddeeff")).toBe(STORED_BASE64);
    const { anna, addUser, outcome } = await world();
    const user = addUser(immutableIdOf(anna.anchor));
    expect((await outcome()).bound).toEqual([user]);
  });

  it("is not one whose anchor has the bytes in the order of the text", async () => {
    const { anna, addUser, outcome } = await world();
    addUser(Buffer.from(anna.anchor.replaceAll("-", ""), "hex").toString("base64"));
    expect((await outcome()).bound).toEqual([]);
  });

  it("is not one whose anchor differs in case: base64 is another one then", async () => {
    const { anna, addUser, outcome } = await world();
    addUser(immutableIdOf(anna.anchor).toLowerCase());
    expect((await outcome()).bound).toEqual([]);
  });

  it("is known by mS-DS-ConsistencyGuid where that is another one", async () => {
    const { ad, anna, addUser, outcome } = await world();
    ad.editAccount(anna.anchor, { "mS-DS-ConsistencyGuid": STORED });
    const user = addUser(STORED_BASE64);
    expect((await outcome()).bound).toEqual([user]);
  });

  it("is neither of two", async () => {
    const { ad, anna, addUser, outcome } = await world();
    ad.editAccount(anna.anchor, { "mS-DS-ConsistencyGuid": STORED });
    addUser(STORED_BASE64);
    addUser(immutableIdOf(anna.anchor));
    expect(await outcome()).toEqual({ bound: [], kinds: expect.arrayContaining(["ambiguous-match"]) });
  });

  it("is awaited until it comes", async () => {
    const { outcome } = await world();
    expect(await outcome()).toEqual({ bound: [], kinds: expect.arrayContaining(["awaiting-sync"]) });
  });

  it("makes nobody two people: a person counts once, in the best of the stages of all mappings", async () => {
    const { stages } = await world();
    expect(await stages()).toEqual({ active: 1 });
  });
});
