/** Deletes that a directory refuses, and what an administrator reads of it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyOne, readyOp } from "../support/ready-ops.js";
import { type SandboxHarness, sandboxHarness } from "./harness-sandbox.js";

let h: SandboxHarness;
beforeEach(async () => {
  h = await sandboxHarness();
});
afterEach(() => h.close());

async function disabled(): Promise<string> {
  const anchor = await h.addAccount({ cn: "ada", sAMAccountName: "ada" });
  await h.disableAccount(anchor);
  return anchor;
}
const remove = (anchor: string) => readyOp("delete", { object: { anchor }, before: { enabled: false } });

describe("a delete that the directory refuses", () => {
  it("protected from accidental deletion: says what that is", async () => {
    const anchor = await disabled();
    h.faults.before = ({ kind }) =>
      kind === "delete" ? { do: "refuse", code: 50, text: "00000005: SecErr" } : undefined;
    const outcome = await applyOne(h.target, remove(anchor));
    expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5006" });
    expect(outcome.detail).toMatch(/protected from accidental deletion.*result code 50: 00000005/);
  });

  it("something was put below it between the look and the delete", async () => {
    const anchor = await disabled();
    h.faults.before = ({ kind }) => (kind === "delete" ? { do: "refuse", code: 66, text: "00002015" } : undefined);
    const outcome = await applyOne(h.target, remove(anchor));
    expect(outcome.detail).toMatch(/objects below the account.*result code 66/);
  });
});
