/** Checks of what only some targets know: licences, and accounts that synchronisation makes. */
import { MusterError } from "../support/errors.js";
import { whereAt } from "./compile-mapping.js";
import type { CompiledEntitlement, CompiledMapping, CompiledTarget } from "./compiled.js";

/** MUS-1109 for a licence in a target that has none. */
export function checkLicences(
  entitlements: readonly CompiledEntitlement[],
  targets: readonly CompiledTarget[],
): MusterError[] {
  const without = new Set(targets.filter((one) => one.capabilities.licences !== true).map((one) => one.name));
  return entitlements
    .filter(({ licence, target }) => licence !== null && without.has(target))
    .map(({ document, target }) => {
      const what = `entitlement ${document.value.name} grants a licence, and ${target} has no licences`;
      return new MusterError("MUS-1109", { what, where: whereAt(document, "/licence") });
    });
}

/**
 * A mapping that links: to a target whose accounts are mapped and can be synchronised, and only for what stays writable
 * on a synchronised account. MUS-1109 and MUS-1110.
 */
export function checkLink(
  mapping: CompiledMapping,
  mappings: readonly CompiledMapping[],
  targets: readonly CompiledTarget[],
): MusterError[] {
  const { link, document, name } = mapping;
  if (link === null) return [];
  const own = targets.find((one) => one.name === mapping.target);
  const errors: MusterError[] = [];
  const refuse = (code: "MUS-1109" | "MUS-1110", pointer: string, what: string, next: string) =>
    errors.push(new MusterError(code, { what, where: whereAt(document, pointer), next }));
  if (own?.capabilities.sourceAnchor === undefined)
    refuse("MUS-1109", "/account", `no accounts are synchronised into ${mapping.target}`, "Write account: provision.");
  const source = targets.find((one) => one.name === link);
  if (source === undefined || source.capabilities.sourceAnchor !== undefined || link === mapping.target)
    refuse(
      "MUS-1110",
      "/account/link",
      `mapping ${name} links to ${link}, which is no directory of this environment that is synchronised`,
      "Name the Target of the Active Directory from which the accounts come.",
    );
  else if (!mappings.some((other) => other.target === link && other.link === null && other.per === mapping.per))
    refuse(
      "MUS-1110",
      "/account/link",
      `mapping ${name} links to ${link}, where no mapping per ${mapping.per} makes the accounts`,
      `Add a Mapping with target ${link} and account: provision, or correct the link.`,
    );
  if (mapping.match.length > 0)
    refuse(
      "MUS-1110",
      "/match",
      `mapping ${name} links to ${link} and has match rules: an account is found by the one that it comes from`,
      "Remove match.",
    );
  const writable = own?.capabilities.writableWhenSynced ?? [];
  for (const { name: attribute } of mapping.attributes.filter((rule) => !writable.includes(rule.name)))
    refuse(
      "MUS-1109",
      `/attributes/${attribute}`,
      `${attribute} of an account that comes from ${link} is mastered there, and ${mapping.target} does not let it be written`,
      `Map it in ${link}. Writable here: ${writable.join(", ")}.`,
    );
  return errors;
}
