/** muster doctor: whether a target is as the policies need it, with what to do where it is not. Changes nothing. */
import type { DelegationStyle, Needs } from "../model/check.js";
import { compilePolicies } from "../policy/compile.js";
import { needsOf } from "../policy/needs.js";
import { openRepository } from "../repo/state.js";
import { renderDoctor } from "../report/doctor.js";
import { stableJson } from "../report/json.js";
import { MusterError } from "../support/errors.js";
import { capabilitiesOf, openTarget } from "../targets/open.js";
import type { Context, ExitCode } from "./context.js";
import { chooseEnvironment } from "./desk.js";

export interface DoctorOptions {
  readonly target: string;
  readonly format: "text" | "json";
  readonly role: Needs["role"];
  /** Prints the delegation in place of an examination; "usual": in the first style that the target's type has. */
  readonly delegation: DelegationStyle | "usual" | null;
  /** Whom the delegation is for; null: the user that the Target binds as. */
  readonly account: string | null;
}

/** Exit 1 when there is a problem; warnings and what could not be determined are none. */
export async function runDoctor(context: Context, options: DoctorOptions): Promise<ExitCode> {
  const repository = await openRepository(context.folder, context.cache === undefined ? {} : { cache: context.cache });
  const head = await repository.resolve("HEAD");
  const { policies } = await repository.readPolicies(head === null ? { worktree: true } : { commit: head });
  const names = policies.environments.map((document) => document.value.name);
  const policy = compilePolicies(policies, chooseEnvironment(context, names), (type) =>
    capabilitiesOf(type as "active-directory"),
  );
  const needs = needsOf(policy, options.target, options.role);
  const document = policy.targets.find((known) => known.name === options.target)?.document;
  if (needs === undefined || document === undefined) {
    const known = policy.targets.map((target) => target.name).join(", ");
    throw new MusterError("MUS-7002", { what: `there is no target ${options.target}`, next: `Name one of: ${known}.` });
  }
  const port = openTarget(document.value, context.variable);
  try {
    if (port.examine === undefined || port.delegation === undefined)
      throw new MusterError("MUS-7001", { what: `a target of type ${document.value.type} is not examined` });
    if (options.delegation !== null) {
      const style = styleFor(document.value.type, port.delegationStyles ?? [], options.delegation);
      context.print(`${(await port.delegation(needs, style, options.account)).join("\n")}\n`);
      return 0;
    }
    const checks = await port.examine(needs, context.clock);
    const examination = { target: options.target, role: options.role, checks };
    if (options.format === "json") context.print(stableJson({ kind: "examination", ...examination }));
    else context.print(renderDoctor(examination, context.page));
    return checks.some((check) => check.level === "problem") ? 1 : 0;
  } finally {
    await port.close();
  }
}

/** Throws MUS-7001 for a style of another type of target. */
function styleFor(
  type: string,
  styles: readonly DelegationStyle[],
  wanted: DelegationStyle | "usual",
): DelegationStyle {
  const style = wanted === "usual" ? styles[0] : styles.find((one) => one === wanted);
  if (style !== undefined) return style;
  throw new MusterError("MUS-7001", {
    what: `a delegation in a target of type ${type} is not written as ${wanted}`,
    next: `Use ${styles.map((one) => `--delegation ${one}`).join(" or ")}.`,
  });
}
