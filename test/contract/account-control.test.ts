import { expect, it } from "vitest";
import { applyOne, readyOp } from "../support/ready-ops.js";
import { describeAccountControl } from "./account-control.js";
import { sandboxHarness } from "./harness-sandbox.js";

describeAccountControl("on the sandbox", async () => {
  const { target, admin, staff, close } = await sandboxHarness();
  return { target, admin, staff, groups: "OU=Groups,DC=corp,DC=example", tag: "", close };
});

it("no verb writes lockouts or failed logons", async () => {
  const h = await sandboxHarness();
  const written = new Set<string>();
  h.faults.onWrite = ({ attributes }) => {
    for (const name of attributes) written.add(name.toLowerCase());
  };
  const claim = { object: { claim: "muster-1" } };
  const create = readyOp("create", {
    ...claim,
    after: { cn: "Ada", sAMAccountName: "ada", container: h.staff, enabled: true },
  });
  const { anchor } = await applyOne(h.target, create);
  const object = { anchor: anchor ?? "" };
  for (const op of [
    readyOp("update", { object, slot: "title", before: { title: null }, after: { title: "new" } }),
    readyOp("disable", { object, before: {}, after: { enabled: false } }),
    readyOp("enable", { object, before: {}, after: { enabled: true } }),
    readyOp("run-task", { object, slot: "reset-password", after: { task: "reset-password" } }),
    readyOp("move", { object, before: { container: h.staff }, after: { container: h.leavers } }),
  ])
    expect((await applyOne(h.target, op)).kind, op.op.verb).toBe("done");
  expect([...written].sort()).toEqual([
    ...["cn", "employeenumber", "objectclass", "samaccountname", "title", "unicodepwd", "useraccountcontrol"],
  ]);
  await h.close();
});
