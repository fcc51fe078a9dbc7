/** Guards in a text plan: refusals in full, the rest in one line, and the exception that would let a refusal pass. */
import { type OpId, ownerKey } from "../model/op.js";
import type { GuardVerdict, Plan, PlanBody } from "../model/plan.js";
import { type Page, tone } from "./page.js";
import { count, grouped } from "./words.js";

const NAMED = 5;
const TEMPLATES = 3;

export function writeGuards(page: Page, body: PlanBody, details: "normal" | "full"): void {
  const refused = body.guards.filter((guard) => guard.verdict === "refuse");
  const passed = body.guards.filter((guard) => guard.verdict === "let-through");
  const quiet = body.guards.length - refused.length - passed.length;
  if (refused.length + passed.length === 0 && (quiet === 0 || body.ops.length === 0)) return;
  page.blank();
  page.line(0, [tone("strong", "Guards")]);
  for (const guard of refused) writeGuard(page, body, guard, details);
  for (const guard of passed) writeGuard(page, body, guard, details);
  if (quiet > 0) page.line(2, [tone("dim", `${count(quiet, "guard")} passed`)]);
  if (details === "full")
    for (const guard of body.guards)
      if (guard.verdict === "pass") page.line(4, [tone("dim", `${guard.guard}  ${guard.what}`)], 6);
}

function writeGuard(page: Page, body: PlanBody, guard: GuardVerdict, details: "normal" | "full"): void {
  const refused = guard.verdict === "refuse";
  const word = refused ? tone("danger", "refused") : tone("caution", "let through");
  const by = guard.by === null ? "" : ` by ${guard.by}`;
  page.line(2, [word, tone("caution", by), "  ", tone("strong", guard.guard)]);
  page.line(4, [guard.what], 4);
  const names = namesOf(body, guard.ops);
  if (names.length === 0) return;
  const shown = details === "full" ? names : names.slice(0, NAMED);
  const rest = names.length - shown.length;
  const more = rest > 0 ? ` and ${grouped(rest)} more` : "";
  page.line(4, [tone("dim", `${shown.join(", ")}${more}`)], 4);
}

/** People of the ops, in the order of the plan, each once. */
function namesOf(body: PlanBody, ids: readonly OpId[]): string[] {
  const wanted = new Set(ids);
  const names = new Map<string, string>();
  for (const op of body.ops) if (wanted.has(op.id)) names.set(ownerKey(op), op.label);
  return [...names.values()];
}

/** Override files, ready to be filled in. They name the actions digest and are therefore good for this plan only. */
export function writeOverrides(page: Page, plan: Plan): void {
  const refused = plan.body.guards.filter((guard) => guard.verdict === "refuse");
  for (const guard of refused.slice(0, TEMPLATES)) {
    page.blank();
    page.line(2, [tone("dim", `policies/exceptions/${fileName(guard.guard)}.yaml`)]);
    const lines = [
      "apiVersion: muster/v1",
      "kind: Override",
      `name: ${fileName(guard.guard)}`,
      `environment: ${plan.body.environment}`,
      `guard: ${JSON.stringify(guard.guard)}`,
      `actions: ${plan.body.digests.actions}`,
      `expires: "${plan.envelope.expires.slice(0, 10)}"`,
      "reason: WHY THIS IS RIGHT",
    ];
    for (const line of lines) page.line(4, [line]);
  }
  if (refused.length > TEMPLATES) {
    page.blank();
    page.line(2, [
      tone(
        "dim",
        `and one file each for ${refused
          .slice(TEMPLATES)
          .map((guard) => guard.guard)
          .join(", ")}`,
      ),
    ]);
  }
}

function fileName(guard: string): string {
  const name = guard
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `let-${name === "" ? "guard" : name}`.slice(0, 60);
}
