/** Settings of a Target that belong to another type of target: better an error than a line that is read by nobody. */
import type { Target } from "../model/files/index.js";
import type { PolicyDocument } from "../model/policy.js";
import { MusterError } from "../support/errors.js";
import { whereAt } from "./compile-mapping.js";

type Field = keyof Target;

/** Fields that only targets of one type have. `memory` plays both. */
const OWN_FIELDS: Readonly<Record<Exclude<Target["type"], "memory">, readonly Field[]>> = {
  "active-directory": [
    "url",
    "startTls",
    "insecureSkipVerify",
    "bind",
    "base",
    "forest",
    "createContainers",
    "consistencyGuid",
  ],
  "entra-id": ["tenant", "credential", "graph", "authority", "temporaryAccessPass"],
};

const NAMES: Readonly<Record<keyof typeof OWN_FIELDS, string>> = {
  "active-directory": "Active Directory",
  "entra-id": "Entra ID",
};

/** What one type of target cannot do at all. */
const FOREIGN_VERBS = {
  "active-directory": { verb: "purge", why: "Active Directory keeps deleted objects until their time is over" },
  "entra-id": { verb: "move", why: "Entra ID has no containers" },
} as const;

/** MUS-1110 for every field of another type, and for a verb that has no meaning there. */
export function checkTargetFields(document: PolicyDocument<Target>): MusterError[] {
  const target = document.value;
  const { name, type } = target;
  if (type === "memory") return [];
  const other = type === "entra-id" ? "active-directory" : "entra-id";
  const errors = OWN_FIELDS[other]
    .filter((field) => target[field] !== undefined)
    .map((field) => {
      const what = `${field} of target ${name} is a setting of ${NAMES[other]}, and the target is ${NAMES[type]}`;
      const next = `Remove ${field}, or correct the type of the target.`;
      return new MusterError("MUS-1110", { what, where: whereAt(document, `/${field}`), next });
    });
  const { verb, why } = FOREIGN_VERBS[type];
  if (target.allow?.includes(verb) === true)
    errors.push(
      new MusterError("MUS-1110", {
        what: `target ${name} allows ${verb}, and ${why}`,
        where: whereAt(document, "/allow"),
        next: `Take ${verb} out of allow.`,
      }),
    );
  return errors;
}
