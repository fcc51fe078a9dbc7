/** Workflows run with what they need and nothing more; what they run is pinned. Each rule finds a planted breach. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: unknown;
  readonly "timeout-minutes"?: number;
  readonly concurrency?: unknown;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on?: unknown;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
  /** Of a composite action. */
  readonly runs?: { readonly steps?: readonly Step[] };
}

const EXPRESSION = ["$", "{{ github.head_ref }}"].join("");
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

function breachesOf(text: string): string[] {
  const workflow = parse(text) as Workflow;
  const found: string[] = [];
  if (workflow.jobs !== undefined) {
    if (JSON.stringify(workflow.permissions) !== "{}") found.push("permissions at the top are not {}");
    if (JSON.stringify(workflow.on ?? "").includes("pull_request_target")) found.push("runs on pull_request_target");
    for (const [name, job] of Object.entries(workflow.jobs)) found.push(...jobBreaches(name, job, workflow));
  }
  const steps = [
    ...Object.values(workflow.jobs ?? {}).flatMap((job) => job.steps ?? []),
    ...(workflow.runs?.steps ?? []),
  ];
  for (const step of steps) found.push(...stepBreaches(step));
  for (const [i, line] of text.split("\n").entries()) {
    if (/uses:\s*["']?(?!\.\/)[^#]+$/.test(line)) found.push(`line ${i + 1}: no comment names the version`);
    if (/uses:.*#(?! v\d+\.\d+\.\d+$)/.test(line)) found.push(`line ${i + 1}: the comment is no version`);
  }
  return found;
}

function jobBreaches(name: string, job: Job, workflow: Workflow): string[] {
  const found: string[] = [];
  const { permissions } = job;
  if (typeof permissions !== "object" || permissions === null) found.push(`job ${name} has no permissions of its own`);
  const minutes = job["timeout-minutes"];
  if (job.uses === undefined && !(typeof minutes === "number" && minutes <= 360))
    found.push(`job ${name} has no timeout`);
  if ((workflow.concurrency ?? job.concurrency) === undefined) found.push(`job ${name} has no concurrency group`);
  return found;
}

function stepBreaches(step: Step): string[] {
  const found: string[] = [];
  const { uses = "", run = "" } = step;
  if (uses !== "" && !uses.startsWith("./") && !PINNED.test(uses)) found.push(`${uses} is not pinned to a commit`);
  if (uses.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false)
    found.push("checkout keeps its credentials");
  // What an event says (a title, a branch) would run as code; it goes through env instead.
  if (/\$\{\{/.test(run)) found.push("an expression stands in a script");
  return found;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

const files = [...filesBelow(".github/workflows"), ...filesBelow(".github/actions")];
const CI = ".github/workflows/ci.yml";
const ci = readFileSync(CI, "utf8");

describe("workflows", () => {
  it.each(files)("%s keeps the rules", (file) => {
    expect(breachesOf(readFileSync(file, "utf8"))).toEqual([]);
  });

  it.each([
    ["permissions: {}", "permissions: read-all", "permissions at the top are not {}"],
    ["permissions: {}", "", "permissions at the top are not {}"],
    ["    permissions:\n      contents: read\n", "", "job test has no permissions of its own"],
    ["    timeout-minutes: 20\n", "", "job test has no timeout"],
    ["  pull_request:\n", "  pull_request_target:\n", "runs on pull_request_target"],
    ["persist-credentials: false", "persist-credentials: true", "checkout keeps its credentials"],
    ['run: sudo env "PATH=$PATH" bash .ci/run', `run: echo ${EXPRESSION}`, "an expression stands in a script"],
    [/@11bd\S+ # /.exec(ci)?.[0] ?? "?", "@v4 # ", "actions/checkout@v4 is not pinned to a commit"],
    [" # v4.2.2", "", expect.stringContaining("no comment names the version")],
    ["# v4.2.2", "# latest", expect.stringContaining("the comment is no version")],
  ])("and a breach is found: %j as %j", (from, to, breach) => {
    expect(ci).toContain(from);
    expect(breachesOf(ci.replace(from, () => to))).toEqual([breach]);
  });

  it("and a missing concurrency group is found", () => {
    const without = ci.replace(/^concurrency:\n( {2}.*\n)+/m, "");
    expect(breachesOf(without)).toEqual(["job test has no concurrency group"]);
  });
});

describe("ci", () => {
  it("reads the code, for 20 minutes at most, and runs .ci/run", () => {
    const jobs = Object.values((parse(ci) as Workflow).jobs ?? {});
    expect(jobs.map(({ permissions }) => permissions)).toEqual(jobs.map(() => ({ contents: "read" })));
    expect(jobs.map((job) => job["timeout-minutes"])).toEqual(jobs.map(() => 20));
    expect(jobs.flatMap(({ steps = [] }) => steps.map(({ run }) => run))).toContain(
      'sudo env "PATH=$PATH" bash .ci/run',
    );
    expect(statSync(".ci/run").mode & 0o111).not.toBe(0);
  });
});
