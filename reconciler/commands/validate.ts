/** muster validate: files, policies and workers are read and checked; no target is asked. */
import { compilePolicies } from "../policy/compile.js";
import { desire } from "../policy/desire.js";
import { type At, openRepository } from "../repo/state.js";
import { capabilitiesOf } from "../targets/open.js";
import type { Context, ExitCode } from "./context.js";
import { warnUnverified } from "./unverified.js";

export async function runValidate(context: Context, options: { readonly worktree: boolean }): Promise<ExitCode> {
  const repository = await openRepository(context.folder, context.cache === undefined ? {} : { cache: context.cache });
  const head = options.worktree ? null : await repository.resolve("HEAD");
  const at: At = head === null ? { worktree: true } : { commit: head };
  const { policies, blobs } = await repository.readPolicies(at);
  const snapshot = await repository.readSnapshot(at);
  const names = policies.environments.map((document) => document.value.name);
  for (const name of names.filter((known) => context.environment === null || known === context.environment)) {
    const policy = compilePolicies(policies, name, (type) => capabilitiesOf(type as "active-directory"));
    desire(snapshot, policy, context.clock.now());
    await repository.readLedger(at, name);
  }
  context.remark(warnUnverified(policies.targets.map((document) => document.value)));
  const place = head === null ? "the work tree" : head.slice(0, 10);
  context.print(`valid: ${blobs.length} policies and ${snapshot.workers.length} workers at ${place}\n`);
  return 0;
}
