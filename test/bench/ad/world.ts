/**
 * The world before each stage: a state repository in which the stage's change is committed and the ledger knows all that
 * was done before, the plan of the stage, and the domain. Each is made from the one before by Muster itself.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRepository, importInto, runGit } from "../build-world.js";
import { generateActiveWorkers, type Row, toCsv } from "../generate-workers.js";
import type { DomainFolder } from "./domain-folder.js";
import type { ApplyMeasurement, Job } from "./measure.js";
import { policiesOf, type Stage } from "./policies.js";

export class World {
  readonly folder: string;
  readonly domain: DomainFolder;
  readonly #measureScript: string;

  constructor(folder: string, domain: DomainFolder, measureScript: string) {
    this.folder = folder;
    this.domain = domain;
    this.#measureScript = measureScript;
  }

  /** The repository that is worked on; its plans lie beside it. */
  get repository(): string {
    return join(this.folder, "repository");
  }

  planOf(stage: Stage): string {
    return join(this.folder, `${stage}.plan.json`);
  }

  /** The commit that the stage is about. */
  async commitStage(stage: Stage, people: number): Promise<void> {
    const { repository } = this;
    if (stage === "creates") createRepository(repository);
    for (const [path, content] of Object.entries(policiesOf(stage))) {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), content);
    }
    if (stage === "creates") await this.#import(generateActiveWorkers(people), "2026-11-21T06:00:00Z");
    if (stage === "modifies") await this.#import(generateActiveWorkers(people).map(promote), "2026-11-21T07:00:00Z");
    runGit(repository, ["add", "-A"]);
    runGit(repository, ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", stage]);
  }

  async #import(rows: readonly Row[], exportedAt: string): Promise<void> {
    const file = join(this.folder, "workers.csv");
    writeFileSync(file, toCsv(rows));
    await importInto(this.repository, file, exportedAt);
  }

  /** Keeps repository and domain as they are, to come back to them. */
  save(stage: Stage | "end"): void {
    this.domain.save(stage);
    rmSync(this.#saved(stage), { recursive: true, force: true });
    cpSync(this.repository, this.#saved(stage), { recursive: true });
  }

  restore(stage: Stage | "end"): void {
    this.domain.restore(stage);
    rmSync(this.repository, { recursive: true, force: true });
    cpSync(this.#saved(stage), this.repository, { recursive: true });
  }

  #saved(stage: string): string {
    return join(this.folder, `repository-${stage}`);
  }

  /** A job of measure.ts, in a process of its own, on this repository and domain. The server must run. */
  measure<T = ApplyMeasurement>(job: Job, file: string): T {
    const { url, caFile, user, password } = this.domain.access;
    const variables = {
      MUSTER_AD_URL: url,
      MUSTER_AD_CA: caFile,
      MUSTER_AD_USER: user,
      MUSTER_AD_PASSWORD: password,
    };
    const options = { encoding: "utf8", env: { ...process.env, ...variables }, maxBuffer: 1 << 28 } as const;
    const args = [...process.execArgv, this.#measureScript, job, this.repository, file];
    return JSON.parse(execFileSync(process.execPath, args, options)) as T;
  }
}

/** Two attributes of one account: one modify. */
function promote(row: Row): Row {
  return { ...row, JobTitle: `Principal ${row.JobTitle}`, Phone: `+49 89 ${row.EmployeeID}` };
}
