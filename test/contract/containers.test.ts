/** Organizational units that a create or a move makes first, and the anchor for synchronization that a create stamps. */
import { afterEach, expect, it } from "vitest";
import { guidBytes } from "../../reconciler/support/guid.js";
import { applyOne, readyOp } from "../support/ready-ops.js";
import { type SandboxHarness, sandboxHarness } from "./harness-sandbox.js";

let h: SandboxHarness;
afterEach(() => h.close());

const GUID = "mS-DS-ConsistencyGuid";
const observe = () => h.target.observe({ attributes: [GUID], groups: [] });

function create(name: string, containers: readonly string[]) {
  const after = { cn: name, sAMAccountName: name, container: containers.at(-1) ?? "", enabled: true };
  const ready = readyOp("create", { object: { claim: `claim-${name}` }, after });
  return { ...ready, op: { ...ready.op, newContainers: containers } };
}

it("makes what is missing, outermost first; what is there already is as good", async () => {
  h = await sandboxHarness();
  const outer = `OU=Sales,${h.staff}`;
  const inner = `OU=Inside,${outer}`;
  expect(await applyOne(h.target, create("anna", [outer, inner]))).toMatchObject({ kind: "done" });
  expect(await applyOne(h.target, create("bernd", [outer, inner]))).toMatchObject({ kind: "done" });
  const seen = await observe();
  expect(seen.accounts.filter((one) => one.managed).map((one) => one.container)).toEqual([inner, inner]);
  expect(seen.containers).toEqual(expect.arrayContaining([outer, inner]));
});

it("makes a container for a move, also when the reply to making it is lost", async () => {
  h = await sandboxHarness();
  const anchor = await h.addAccount({ cn: "anna", sAMAccountName: "anna" });
  const wanted = `OU=Sales,${h.staff}`;
  const ready = readyOp("move", { object: { anchor }, before: { container: h.staff }, after: { container: wanted } });
  h.loseReply("after");
  const move = { ...ready, op: { ...ready.op, newContainers: [wanted] } };
  expect(await applyOne(h.target, move)).toMatchObject({ kind: "done" });
  expect((await observe()).accounts.find((one) => one.anchor === anchor)?.container).toBe(wanted);
});

it("makes nothing outside the managed containers", async () => {
  h = await sandboxHarness();
  const elsewhere = `OU=Elsewhere,${h.sandbox.baseDn}`;
  const before = h.writes();
  expect(await applyOne(h.target, create("anna", [elsewhere]))).toMatchObject({ kind: "failed", code: "MUS-9001" });
  expect(h.writes()).toBe(before);
});

it("stamps a new account with its objectGUID", async () => {
  h = await sandboxHarness({ stampsGuid: true });
  const { anchor } = await applyOne(h.target, create("anna", [h.staff]));
  const [account] = (await observe()).accounts.filter((one) => one.anchor === anchor);
  expect(account?.attributes[GUID]).toEqual(guidBytes(anchor ?? ""));
});
