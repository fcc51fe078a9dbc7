/** Bad input, through the command line: its code, its place, exit 7, and nothing written. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureBuilt } from "../support/cli-process.js";
import { exportOf, makeRepository, type StateRepository } from "../support/example-repository.js";

const EXPORT = "import/adventureworks/employees-2026-11-20.csv";
const IMPORT = ["import", "--source", "adventureworks", EXPORT];
const PEOPLE = "policies/people.yaml";
const SOURCE = "policies/sources/adventureworks.yaml";

let repository: StateRepository;
beforeAll(ensureBuilt, 120_000);
beforeEach(() => {
  repository = makeRepository(4);
});
afterEach(() => repository.remove());

/** Import needs the path of the file itself, wherever the test runs. */
function importing(): string[] {
  return IMPORT.map((word) => (word === EXPORT ? `${repository.folder}/${EXPORT}` : word));
}

async function refuses(args: readonly string[], code: string, place: RegExp | null): Promise<string> {
  const before = repository.git("status", "--porcelain", "-uall") + repository.git("rev-parse", "HEAD");
  const { code: exit, stderr: err, used } = await repository.muster(args);
  expect(err).toContain(code);
  expect(exit).toBe(7);
  // Processor time and memory are bounded, whatever the input.
  expect(used?.seconds).toBeLessThan(10);
  expect(used?.peakBytes).toBeLessThan(500 * 1024 * 1024);
  if (place !== null) expect(err).toMatch(place);
  expect(repository.git("status", "--porcelain", "-uall") + repository.git("rev-parse", "HEAD")).toBe(before);
  return err;
}

function edit(path: string, from: string | RegExp, to: string): void {
  const text = repository.read(path);
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  repository.write(path, changed);
}

function lineOf(path: string, text: string): number {
  return (
    repository
      .read(path)
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1
  );
}

describe("policies", () => {
  const validate = ["validate", "--worktree"];

  test("malformed YAML: what comes of the first mistake is not said", async () => {
    edit(PEOPLE, "  from: 14d before start", "  from: [14d before start");
    const err = await refuses(validate, "MUS-1001", /people\.yaml:\d+:\d+/);
    expect(err.match(/MUS-\d+/g)).toHaveLength(1);
  });

  test("a bad expression of a Source", async () => {
    edit(SOURCE, "value: '[FirstName]'", "value: 'Trimm([FirstName])'");
    await refuses(validate, "MUS-1202", new RegExp(`adventureworks\\.yaml:${lineOf(SOURCE, "Trimm")}:15\\b`));
  });

  test("an Environment that does not exist", async () => {
    await refuses([...validate, "--environment", "prod"], "MUS-1102", /sandbox/);
  });

  test("an expression that is allowed and probably not meant is a warning", async () => {
    edit(SOURCE, "value: '[FirstName]'", 'value: \'IIF([FirstName] = "", "?", [FirstName])\'');
    const { code, stderr, stdout } = await repository.muster(validate);
    expect([code, stdout]).toEqual([0, expect.stringContaining("valid: ")]);
    expect(stderr).toMatch(new RegExp(`^WARNING: ${SOURCE}:${lineOf(SOURCE, "IIF(")}:19: IIF: Entra does not support`));
  });

  test("an unknown key, with what it is near to", async () => {
    edit(PEOPLE, "    onNull: clear", "    onNul: clear");
    const err = await refuses(validate, "MUS-1003", new RegExp(`people\\.yaml:${lineOf(PEOPLE, "onNul:")}:\\d+`));
    expect(err).toContain("onNull");
  });

  test("a wrong type", async () => {
    edit(PEOPLE, "      maxLength: 20", "      maxLength: twenty");
    await refuses(validate, "MUS-1002", new RegExp(`people\\.yaml:${lineOf(PEOPLE, "twenty")}:\\d+`));
  });

  test("a bad expression inside a block scalar: the line and column of the mistake", async () => {
    edit(PEOPLE, "    value: '[job.title]'", '    value: |-\n      Join(" ",\n        [job.title]]');
    const line = lineOf(PEOPLE, "[job.title]]");
    await refuses(validate, "MUS-1201", new RegExp(`people\\.yaml:${line}:20\\b`));
  });

  test("an unknown function, with the one that is meant", async () => {
    edit(PEOPLE, "'ToLower(Append([name.given], [name.family]))'", "'Tolower(Append([name.given], [name.family]))'");
    expect(await refuses(validate, "MUS-1202", /people\.yaml:\d+:\d+/)).toContain("ToLower");
  });

  test("an unquoted expression", async () => {
    edit(PEOPLE, "value: '[job.title]'", "value: [job.title]");
    const err = await refuses(
      validate,
      "MUS-1103",
      new RegExp(`people\\.yaml:${lineOf(PEOPLE, "value: [job.title]")}:\\d+`),
    );
    expect(err).toContain("|-");
  });

  test("a path that no source maps", async () => {
    edit(PEOPLE, "'[job.title]'", "'[job.titel]'");
    expect(await refuses(validate, "MUS-1104", /people\.yaml:\d+/)).toContain("job.title");
  });

  test("a reference to a policy that does not exist", async () => {
    edit(PEOPLE, "lifecycle: standard", "lifecycle: special");
    await refuses(validate, "MUS-1102", new RegExp(`people\\.yaml:${lineOf(PEOPLE, "special")}`));
  });

  test("attributes that depend on each other in a circle", async () => {
    edit(PEOPLE, "'ToLower(Append([name.given], [name.family]))'", "'Left([account.userPrincipalName], 8)'");
    await refuses(validate, "MUS-1106", /people\.yaml:\d+/);
  });

  test("two mappings that catch the same identity", async () => {
    const people = repository.read(PEOPLE);
    const mapping = people.slice(people.indexOf("apiVersion: muster/v1\nkind: Mapping"));
    repository.write("policies/twice.yaml", mapping.replace("name: ad-people", "name: ad-people-again"));
    await repository.muster(importing());
    repository.commit("a second mapping");
    const { code, stderr: err } = await repository.muster(["plan"]);
    expect([code, err.includes("MUS-1107") || err.includes("MUS-1105")]).toEqual([7, true]);
  });

  test("a variable that is not set names itself", async () => {
    expect(await refuses(["plan"], "MUS-1107", null)).toContain("MUSTER_AD");
  });

  test("--clock where a target is no sandbox", async () => {
    edit("policies/targets/corp-ad.yaml", "sandbox: true\n", "");
    repository.commit("production");
    await refuses(["plan"], "MUS-4007", null);
  });

  test("an as-of instant without its offset", async () => {
    const { code, stderr: err } = await repository.muster(["plan", "--as-of", "2026-12-01T09:00"]);
    expect([code, err.includes("MUS-1107") || err.includes("MUS-3002")]).toEqual([7, true]);
  });
});

describe("YAML bombs", () => {
  test("100 MB are refused before they are parsed", async () => {
    repository.write("policies/big.yaml", `a:\n${"  - lol\n".repeat(12_500_000)}`);
    await refuses(["validate", "--worktree"], "MUS-1004", /big\.yaml/);
  });

  test("aliases are not expanded", async () => {
    const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`);
    repository.write("policies/bomb.yaml", `l0: &l0 [a]\n${levels.join("\n")}\n`);
    await refuses(["validate", "--worktree"], "MUS-1006", /bomb\.yaml:\d+:\d+/);
  });
});

describe("workers", () => {
  const validate = ["validate", "--worktree"];
  beforeEach(async () => {
    const { code, stderr: err } = await repository.muster(importing());
    expect([code, err]).toEqual([0, ""]);
    repository.commit("import");
  });
  const worker = () => repository.git("ls-files", "state/workers/*/2.yaml").trim();

  test("an unquoted id shows what it would become", async () => {
    edit(worker(), 'id: "2"', "id: 0010023");
    const err = await refuses(validate, "MUS-1005", new RegExp(`2\\.yaml:${lineOf(worker(), "0010023")}:\\d+`));
    expect(err).toContain('"0010023"');
  });

  test("a second file of the same worker", async () => {
    repository.write("state/workers/adventureworks/zz/2.yaml", repository.read(worker()));
    await refuses(validate, "MUS-1011", /zz\/2\.yaml/);
  });

  test("a hand edit that no import made", async () => {
    edit(worker(), "Duffy", "Dufy");
    await refuses(validate, "MUS-1010", null);
  });
});

describe("exports", () => {
  test("not UTF-8", async () => {
    repository.write(EXPORT, Buffer.from(exportOf(4).replace("Sánchez", "S\u00e1nchez"), "latin1"));
    await refuses(importing(), "MUS-2004", /csv:2/);
  });

  test("a ragged row", async () => {
    edit(EXPORT, /\n2,2,[^,]*,/, "\n2,2,");
    await refuses(importing(), "MUS-2006", /csv:3/);
  });

  test("an impossible date", async () => {
    edit(EXPORT, "2008-01-31", "2008-02-31");
    expect(await refuses(importing(), "MUS-2007", /csv:3/)).toContain("2008-02-31");
  });

  test("a duplicate id, and every other bad row in the same run", async () => {
    edit(EXPORT, "\n3,3,", "\n2,3,");
    edit(EXPORT, "2008-01-31", "2008-02-31");
    const err = await refuses(importing(), "MUS-2009", /csv:4/);
    expect(err).toContain("MUS-2007");
  });

  test("a missing column", async () => {
    edit(EXPORT, "JobTitle", "Title of job");
    expect(await refuses(importing(), "MUS-2005", /csv/)).toContain("JobTitle");
  });

  test("a page instead of an export, and nothing at all", async () => {
    repository.write(EXPORT, "<!DOCTYPE html><html><title>Sign in</title></html>");
    await refuses(importing(), "MUS-2003", /csv/);
    repository.write(EXPORT, "");
    await refuses(importing(), "MUS-2002", /csv/);
  });

  test("a source that does not exist", async () => {
    expect(await refuses(["import", "--source", "workday"], "MUS-2016", null)).toContain("adventureworks");
  });
});
