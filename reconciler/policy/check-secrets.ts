/** Checks of a Target's passwords: recipients that can be encrypted to, and a sink where something is handed out. */
import type { Target } from "../model/files/index.js";
import type { PolicyDocument } from "../model/policy.js";
import { MusterError } from "../support/errors.js";
import { recipientProblem } from "./age-recipient.js";
import { whereAt } from "./compile-mapping.js";

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
