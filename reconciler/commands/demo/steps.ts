/** What several acts of the story do. */
import { MusterError } from "../../support/errors.js";
import type { Stage } from "./stage.js";

/** The day's export of the employees, and that of the contractors. */
export async function importEmployees(stage: Stage, file: string, expected = 0): Promise<void> {
  const args = ["import", "--source", "adventureworks", "--commit", `import/adventureworks/${file}`];
  await stage.muster(args, expected);
}

export async function importContractors(stage: Stage, file: string): Promise<void> {
  await stage.muster(["import", "--source", "contractors", "--commit", `import/contractors/${file}`]);
}

/** Plans, saves, applies. Gives the plan as it was printed. */
export async function planAndApply(stage: Stage, name: string): Promise<string> {
  const plan = await stage.muster(["plan", "--out", `../${name}.json`]);
  await stage.muster(["apply", "--plan", `../${name}.json`]);
  return plan;
}

/** Returns the plan as it was printed. */
export async function expectEmpty(stage: Stage): Promise<string> {
  return await stage.muster(["plan", "--exit-code"], 0);
}

export function expect(condition: boolean, what: string): void {
  if (!condition) throw new MusterError("MUS-9001", { what: `the demo went another way than its story: ${what}` });
}
