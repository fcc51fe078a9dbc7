/** muster validate: files, policies and workers are read and checked; no target is asked. */
import { compileSource, sourceWarnings } from "../hr/compile-source.js";
import type { Policies } from "../model/policy.js";
import { compilePolicies } from "../policy/compile.js";
import { warningsOf } from "../policy/compile-mapping.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import { desire } from "../policy/desire.js";
import type { ExpressionWarning } from "../policy/expression/index.js";
import { type At, openRepository } from "../repo/state.js";
import { attempt } from "../support/collect-errors.js";
import { formatWhere, type MusterError, throwAll } from "../support/errors.js";
import { capabilitiesOf } from "../targets/open.js";
import type { Context, ExitCode } from "./context.js";
import { warnUnverified } from "./unverified.js";

export async function runValidate(context: Context, options: { readonly worktree: boolean }): Promise<ExitCode> {
  const repository = await openRepository(context.folder, context.cache === undefined ? {} : { cache: context.cache });
  const head = options.worktree ? null : await repository.resolve("HEAD");
  const at: At = head === null ? { worktree: true } : { commit: head };
  const { policies, blobs } = await repository.readPolicies(at);
  const snapshot = await repository.readSnapshot(at);
  const { compiled, warnings } = compileAll(policies, context.environment);
  for (const policy of compiled) {
    desire(snapshot, policy, context.clock.now());
    await repository.readLedger(at, policy.environment.name);
  }
  context.remark(warnUnverified(policies.targets.map((document) => document.value)));
  context.remark(warnings.map(({ what, where }) => `WARNING: ${formatWhere(where)}: ${what}\n`).join(""));
  const place = head === null ? "the work tree" : head.slice(0, 10);
  context.print(`valid: ${blobs.length} policies and ${snapshot.workers.length} workers at ${place}\n`);
  return 0;
}

/** Every source and the policies of every environment, or of one. Throws the errors of all of them. */
function compileAll(
  policies: Policies,
  environment: string | null,
): { compiled: CompiledPolicy[]; warnings: ExpressionWarning[] } {
  const errors: MusterError[] = [];
  const sources = policies.sources.flatMap((document) => attempt(() => compileSource(document), errors) ?? []);
  const names = environment === null ? policies.environments.map(({ value }) => value.name) : [environment];
  const compile = (name: string) =>
    compilePolicies(policies, name, (type) => capabilitiesOf(type as "active-directory"));
  const compiled = names.flatMap((name) => attempt(() => compile(name), errors) ?? []);
  throwAll(onceEach(errors));
  const warnings = [
    ...sources.flatMap(sourceWarnings),
    ...compiled.flatMap(({ mappings }) => mappings.flatMap(warningsOf)),
  ];
  return { compiled, warnings: onceEach(warnings) };
}

/** Environments share mappings: what is said of one place is said once. */
function onceEach<T extends Pick<MusterError, "what" | "where">>(said: readonly T[]): T[] {
  return [...new Map(said.map((one) => [`${formatWhere(one.where)} ${one.what}`, one])).values()];
}
