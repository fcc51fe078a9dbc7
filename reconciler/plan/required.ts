/** Values that a target wants of every new account, and that are no names: nobody has displayName by candidates. */
import type { Findings, Subject } from "./subject.js";

/** Required attributes for which policy has no value. What is made of names counts as there until they are known. */
export function lackingValues({ intent, target }: Subject): string[] {
  const { required, spaces } = target.capabilities;
  return required.filter((name) => {
    if (spaces[name] !== undefined) return false;
    const wanted = intent.attributes[name];
    return wanted === undefined || wanted.kind === "clear" || (wanted.kind === "set" && wanted.value === "");
  });
}

export function reportLacking(
  { identity, intent, target, mapping }: Subject,
  names: readonly string[],
  findings: Findings,
): void {
  const { file = "", line = 1 } = mapping.attribute.get(names[0] ?? "") ?? {};
  findings.add({
    kind: "value-missing",
    severity: "warning",
    identity,
    target: target.name,
    what: `no account is created for ${intent.label}: it would have no ${names.join(", ")}`,
    next: `Complete the record in HR, or give the rule in ${file}:${line} a value for those who have none.`,
  });
}
