/** Saved plans: JSON with a digest over the body, so that an edited or damaged file is refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { digestOf } from "../model/hash.js";
import { PLAN_VERSION, type Plan } from "../model/plan.js";
import { restorePlan, type StoredPlan, storePlan } from "../model/stored-op.js";
import { MusterError } from "../support/errors.js";

interface PlanFile {
  readonly muster: "plan";
  readonly sha256: string;
  readonly plan: StoredPlan;
}

export function writePlanFile(path: string, plan: Plan): void {
  const stored = storePlan(plan);
  const content: PlanFile = { muster: "plan", sha256: digestOf(stored), plan: stored };
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`, { mode: 0o600 });
}

/** Throws MUS-3004 for a file that is no plan, was changed, or comes from another version. */
export function readPlanFile(path: string): Plan {
  let content: Partial<PlanFile>;
  try {
    content = (JSON.parse(readFileSync(path, "utf8")) ?? {}) as Partial<PlanFile>;
  } catch (cause) {
    throw new MusterError("MUS-3004", { what: "the file cannot be read as a plan", where: { file: path }, cause });
  }
  const { plan, sha256 } = content;
  if (content.muster !== "plan" || plan === undefined) throw refused(path, "the file is not a plan of muster");
  if (plan.body?.version !== PLAN_VERSION) throw refused(path, `the plan has version ${plan.body?.version}`);
  if (digestOf(plan) !== sha256) throw refused(path, "the plan was changed after it was made");
  return restorePlan(plan);
}

function refused(path: string, what: string): MusterError {
  return new MusterError("MUS-3004", { what, where: { file: path } });
}
