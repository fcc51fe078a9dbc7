/**
 * Bad input through the command line, beside bad-input.test.ts: the exact file, line and column of each kind of mistake in a
 * policy, and surroundings that are not as they should be. Files, git and the directory stay as they were.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Finished } from "../support/cli-process.js";
import { startCli } from "../support/cli-process.js";
import {
  CANARY,
  commit,
  type Organisation,
  openOrganisation,
  PEOPLE,
  POLICIES,
  resetTo,
} from "../support/organisation.js";
import { temporaryFolder, writeFiles } from "../unit/repo/temp-repository.js";

let organisation: Organisation;
let base: string;

beforeAll(async () => {
  organisation = await openOrganisation();
  await organisation.importPeople(PEOPLE);
  base = organisation.git("rev-parse", "HEAD");
});
afterAll(() => organisation.close());
beforeEach(() => resetTo(organisation, base));

/** Runs and expects exit code and error code, at "file:line:column" where one is given, and that nothing was written. */
async function expectError(args: readonly string[], code: string, place?: string, exit = 7): Promise<Finished> {
  const before = organisation.traces();
  const finished = await organisation.muster(...args);
  expect([finished.code, finished.stdout, finished.stderr]).toEqual([exit, "", expect.stringContaining(code)]);
  if (place !== undefined) expect(finished.stderr.split(/\s+/)).toContain(place);
  expect(finished.stderr).toMatch(/^ +next /m);
  expect(finished.stderr).not.toMatch(/^ +at \S+ \(/m);
  expect(finished.output).not.toContain(CANARY);
  expect(organisation.traces()).toEqual(before);
  return finished;
}

/** A policy file with one text replaced, in the work tree. */
function edit(name: string, from: string, to: string): string {
  const path = `policies/${name}.yaml`;
  const text = POLICIES[path] ?? "";
  if (text.split(from).length !== 2) throw new Error(`${path} has "${from}" not exactly once`);
  const edited = text.replace(from, () => to);
  writeFiles(organisation.folder, { [path]: edited });
  return edited;
}

/** "policies/<name>.yaml:line:column" of a text that stands once in an edited policy. */
function placeOf(name: string, text: string, found: string): string {
  const at = text.indexOf(found);
  if (at < 0 || text.indexOf(found, at + 1) >= 0) throw new Error(`"${found}" stands not exactly once`);
  const before = text.slice(0, at).split("\n");
  return `policies/${name}.yaml:${before.length}:${(before.at(-1) ?? "").length + 1}`;
}

const WORKTREE = ["validate", "--worktree"];

describe("a policy", () => {
  it.each<[string, string, string, string, string, string]>([
    ["is malformed YAML", "people", "per: person", "per: [person", "MUS-1001", ""],
    ["has an unknown key", "people", "onRename: follow", "onRenam: follow", "MUS-1003", "onRenam:"],
    ["has a value of the wrong type", "people", "maxLength: 64", "maxLength: many", "MUS-1002", "many"],
    ["has another value than allowed", "people", "per: person", "per: account", "MUS-1002", "account\n"],
    [
      "has an expression without quotes",
      "people",
      "title: { value: '[job.title]'",
      "title: { value: [job.title]",
      "MUS-1103",
      "value: [job.title]",
    ],
    ["calls an unknown function in a block", "people", "Coalesce(", "Coalesc(", "MUS-1202", "Coalesc("],
    ["has a mistake within a block", "people", '"None")', '"None"', "MUS-1201", ""],
    [
      "uses a path that no source maps",
      "people",
      "'[name.given]' }\n  sn",
      "'[name.first]' }\n  sn",
      "MUS-1104",
      "[name.first]",
    ],
    ["uses an unmapped path in a block", "people", "[job.department]", "[job.division]", "MUS-1104", "[job.division]"],
    [
      "names a target that is not there",
      "people",
      "target: corp-ad\naccount",
      "target: ad\naccount",
      "MUS-1102",
      "ad\naccount",
    ],
    [
      "names a scope that is not there",
      "people",
      "scope: employees\nlife",
      "scope: nobody\nlife",
      "MUS-1102",
      "nobody",
    ],
    ["is of an unknown kind", "people", "kind: Lifecycle", "kind: Livecycle", "MUS-1007", "Livecycle"],
    ["is of another version", "environment", "muster/v1", "muster/v2", "MUS-1007", "muster/v2"],
  ])("that %s", async (_, name, from, to, code, found) => {
    const text = edit(name, from, to);
    const place = found === "" ? undefined : placeOf(name, text, found);
    const { stderr } = await expectError(WORKTREE, code, place);
    expect(stderr).toMatch(new RegExp(`policies/${name}\\.yaml:\\d+:\\d+`));
  });

  it("that is committed is refused by plan in the same way", async () => {
    const text = edit("people", "Coalesce(", "Coalesc(");
    organisation.git("commit", "-qam", "a mistake");
    await expectError(["plan"], "MUS-1202", placeOf("people", text, "Coalesc("));
  });

  it("of a name that is taken names both places", async () => {
    const copy = (POLICIES["policies/environment.yaml"] ?? "").replace("24h", "48h");
    writeFiles(organisation.folder, { "policies/again.yaml": copy });
    const { stderr } = await expectError(WORKTREE, "MUS-1101");
    expect(stderr).toContain("policies/again.yaml");
    expect(stderr).toContain("policies/environment.yaml");
  });
});

describe("a bomb", () => {
  const BOUND = { seconds: 10, bytes: 500 * 1024 * 1024 };

  async function expectBounded(args: readonly string[], code: string, place: string): Promise<void> {
    const { used, stderr } = await expectError(args, code);
    expect(stderr).toContain(place);
    expect(used?.seconds).toBeLessThan(BOUND.seconds);
    expect(used?.peakBytes).toBeLessThan(BOUND.bytes);
  }

  it("of 100 MB, committed", async () => {
    const path = join(organisation.folder, "policies/bomb.yaml");
    const file = openSync(path, "w");
    writeSync(file, "apiVersion: muster/v1\nkind: Scope\nname: bomb\nall: [");
    ftruncateSync(file, 100 * 1024 * 1024);
    closeSync(file);
    commit(organisation, {});
    await expectBounded(["plan"], "MUS-1004", "policies/bomb.yaml");
  });

  it("of deep nesting", async () => {
    const text = `apiVersion: muster/v1\nkind: Scope\nname: bomb\nall: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n`;
    writeFiles(organisation.folder, { "policies/bomb.yaml": text });
    await expectBounded(WORKTREE, "MUS-1001", "policies/bomb.yaml:");
  });
});

describe("the surroundings", () => {
  it("lack an environment variable", async () => {
    const before = organisation.traces();
    const { code, stderr } = await startCli(organisation.folder, ["plan"], { MUSTER_CANARY: CANARY }).finished;
    expect([code, stderr]).toEqual([7, expect.stringContaining("MUS-1107")]);
    expect(stderr).toContain("MUSTER_AD_");
    expect(organisation.traces()).toEqual(before);
  });

  it("name a variable that is none of Muster's", async () => {
    edit("target", "env:MUSTER_AD_URL", "env:HOME");
    organisation.git("commit", "-qam", "another variable");
    const { stderr } = await expectError(["plan"], "MUS-1107");
    expect(stderr).not.toContain(organisation.folder);
  });

  it("have no directory that answers", async () => {
    edit("target", "env:MUSTER_AD_URL", "ldaps://127.0.0.1:1");
    organisation.git("commit", "-qam", "another address");
    await expectError(["plan"], "MUS-5001", undefined, 1);
  });

  it("are no git repository", async () => {
    const { code, stderr } = await startCli(temporaryFolder(), ["plan"]).finished;
    expect([code, stderr]).toEqual([7, expect.stringContaining("MUS-1009")]);
  });
});

describe("the command line", () => {
  it.each([
    ["an as-of that does not exist", ["plan", "--as-of", "2026-02-30T09:00Z"], "MUS-3002"],
    ["a worker that is unknown", ["show", "4711"], "MUS-7002"],
    ["an environment that is unknown", ["--environment", "none", "plan"], "MUS-"],
    ["an uncommitted plan that is saved", ["plan", "--worktree", "--out", "plan.json"], "MUS-3005"],
  ])("has %s", async (_, args, code) => {
    await expectError(args, code);
  });
});
