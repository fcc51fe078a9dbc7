/** Asks the targets, where they can tell, when and where the values of a plan were changed that somebody else changed. */
import type { PlanBody } from "../model/plan.js";
import { askAboutDrift, attributeDrift } from "../plan/attribution.js";
import { anchorFrom, type Desk } from "./desk.js";

export async function attributePlan(desk: Desk, body: PlanBody): Promise<PlanBody> {
  const anchorOf = anchorFrom(desk.ledger);
  const questions = askAboutDrift(body, anchorOf);
  const answers = await Promise.all(
    [...questions].map(async ([target, { queries }]) => {
      const port = desk.targets[target]?.port;
      return [target, (await port?.lastChanges?.(queries)) ?? new Map()] as const;
    }),
  );
  return attributeDrift(body, questions, new Map(answers), anchorOf);
}
