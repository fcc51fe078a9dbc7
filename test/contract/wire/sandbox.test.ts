/** The wire contract on the embedded sandbox, which has no divergences; and the suite's own completeness. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../reconciler/sandbox/directory-server.js";
import { flawsOfMatrix } from "./matrix.js";
import { CASES, readDivergences, seenOf, testWire } from "./suite.js";

describe("the wire contract on the sandbox", () => {
  let sandbox: Sandbox | undefined;
  let folder = "";
  afterAll(async () => {
    await sandbox?.close();
    await rm(folder, { recursive: true, force: true });
  });
  testWire("sandbox", async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-wire-"));
    sandbox = await startSandbox({ folder, seed: "empty", fsync: "never" });
    const { hostname, port } = new URL(sandbox.url);
    const password = (await readFile(sandbox.adminPasswordFile, "utf8")).trim();
    return {
      name: "sandbox",
      endpoint: { host: hostname, port: Number(port), ca: await readFile(sandbox.caFile, "utf8") },
      base: sandbox.baseDn,
      administrator: { user: sandbox.adminUser, password },
    };
  });
});

describe("the suite", () => {
  it("has a case or a reason in every cell of the matrix", () => {
    expect(flawsOfMatrix(CASES)).toEqual([]);
    expect(flawsOfMatrix([])).not.toEqual([]);
  });

  it("has no id twice", () => {
    expect(new Set(CASES.map((one) => one.id)).size).toBe(CASES.length);
  });

  it("lists divergences of cases that there are, from what those expect, each with a reason and a citation", () => {
    const expected = new Map(CASES.map((one) => [one.id, seenOf(one.expected)]));
    for (const one of readDivergences()) {
      expect(expected.get(one.case), one.case).toEqual(one.expected);
      expect(one.samba).not.toEqual(one.expected);
      expect(one.why.length, one.case).toBeGreaterThan(10);
      expect(one.citation.length, one.case).toBeGreaterThan(5);
    }
  });
});
