/** Checks of a Target's passwords: recipients that can be encrypted to, and a sink where something is handed out. */
import type { Target } from "../model/files/index.js";
import type { PolicyDocument } from "../model/policy.js";
import { MusterError } from "../support/errors.js";
import { recipientProblem } from "./age-recipient.js";
import { whereAt } from "./compile-mapping.js";
import type { CompiledMapping, CompiledTarget } from "./compiled.js";

export function checkSecrets(document: PolicyDocument<Target>): MusterError[] {
  const { name, secrets, initialPassword, resetPassword } = document.value;
  const errors = (secrets?.recipients ?? []).flatMap((recipient, i) => {
    const problem = recipientProblem(recipient);
    if (problem === null) return [];
    const what = `recipient ${i + 1} of target ${name} ${problem}`;
    return [new MusterError("MUS-1111", { what, where: whereAt(document, `/secrets/recipients/${i}`) })];
  });
  for (const [key, rule] of Object.entries({ initialPassword, resetPassword })) {
    if (rule?.handOut !== "sealed" || secrets !== undefined) continue;
    errors.push(
      new MusterError("MUS-1110", {
        what: `${key} of target ${name} is sealed, but there are no secrets to put it into`,
        where: whereAt(document, `/${key}/handOut`),
        next: "Add secrets with sink, path and recipients, or set handOut to never.",
      }),
    );
  }
  return errors;
}

/** MUS-1110 for a lifecycle that has passes handed out, and a target with nowhere to put them: nobody could ever use one. */
export function checkPassSecrets(
  mappings: readonly CompiledMapping[],
  targets: readonly CompiledTarget[],
): MusterError[] {
  const task = "temporary-access-pass";
  return targets
    .filter(({ capabilities, document }) => capabilities.tasks.includes(task) && document.value.secrets === undefined)
    .flatMap((target) => {
      const lifecycles = mappings.filter((mapping) => mapping.target === target.name).map((one) => one.lifecycle);
      const asks = lifecycles.find(({ prehire, active }) =>
        [...(prehire?.tasks ?? []), ...(active?.tasks ?? [])].includes(task),
      );
      if (asks === undefined) return [];
      const what = `lifecycle ${asks.name} asks for ${task}, and target ${target.name} has no secrets to put it into`;
      const where = whereAt(target.document, "");
      return [new MusterError("MUS-1110", { what, where, next: "Add secrets with sink, path and recipients." })];
    });
}
