/**
 * The text rules of unique names: what a candidate looks like after folding, whether it is allowed, and how a counter
 * is put into it. Who gets which name is decided over the whole population (plan/allot.ts).
 */
import { MAX_NAME_COUNTER } from "../support/limits.js";
import type { CompiledUnique } from "./compiled.js";
import { normalizeDiacritics } from "./expression/letters.js";

const ALLOWED: Readonly<Record<string, RegExp>> = {
  "ascii-letters-digits": /^[A-Za-z0-9]+$/,
  "ascii-name": /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$/,
  // RFC 5321 dot-atom, without the characters that Entra refuses in a userPrincipalName.
  "mail-local": /^[A-Za-z0-9_'-]+(\.[A-Za-z0-9_'-]+)*$/,
};

const KEPT_PUNCTUATION: Readonly<Record<string, RegExp>> = {
  "ascii-letters-digits": /[\s\p{P}\p{S}]/gu,
  "ascii-name": /[^\p{L}\p{N}\p{M}._-]/gu,
  "mail-local": /[^\p{L}\p{N}\p{M}._'-]/gu,
};

/**
 * The form in which names are compared: Active Directory takes neither case nor marks for a difference (MS-ADTS 6.5:
 * Müller, MULLER and Muller are one name, as are ß and ss). Where a target is more lenient, this is merely careful.
 */
export function foldName(name: string): string {
  return PLAIN.test(name) ? name.toLowerCase() : normalizeDiacritics(name).toLowerCase();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
const PLAIN = /^[\x00-\x7f]*$/;

/** A name split at its last "@": character set, fold and counter concern the part before it. */
function splitAddress(text: string): [local: string, domain: string] {
  const at = text.lastIndexOf("@");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

/** The candidate as it would be used (folded), or null when the rule does not allow it. `limit` in characters. */
export function shapeCandidate(text: string, rule: CompiledUnique, limit: number): string | null {
  const shaped = foldCandidate(text, rule);
  return shaped.length <= limit && isAllowed(shaped, rule) ? shaped : null;
}

/** With a counter in it, from 2 on: the base is cut so that the digits fit. First the cut base itself, if it was too long. */
export function* countedForms(text: string, rule: CompiledUnique, limit: number): Generator<string> {
  const [local, domain] = splitAddress(foldCandidate(text, rule));
  const room = limit - domain.length;
  if (local.length === 0 || room < 2) return;
  if (local.length > room && isAllowed(local.slice(0, room) + domain, rule)) yield local.slice(0, room) + domain;
  for (let counter = 2; counter <= MAX_NAME_COUNTER; counter++) {
    const digits = String(counter);
    const form = local.slice(0, room - digits.length) + digits + domain;
    if (isAllowed(form, rule)) yield form;
  }
}

/** Whether `name` is the candidate or one of its counted forms: its holder keeps it. Case does not count. */
export function isFormOf(name: string, text: string, rule: CompiledUnique, limit: number): boolean {
  const shaped = foldName(foldCandidate(text, rule));
  const held = foldName(name);
  if (shaped === held) return true;
  if (!rule.counter) return false;
  const [base, domain] = splitAddress(shaped);
  const [heldLocal, heldDomain] = splitAddress(held);
  if (domain !== heldDomain) return false;
  if (base.slice(0, limit - domain.length) === heldLocal) return true;
  const digits = /[1-9]\d*$/.exec(heldLocal)?.[0] ?? "";
  for (let length = digits.length; length > 0; length--) {
    const counter = digits.slice(digits.length - length);
    if (counter.startsWith("0") || counter === "1" || counter.length > 4) continue;
    if (base.slice(0, limit - domain.length - length) + counter === heldLocal) return true;
  }
  return false;
}

function foldCandidate(text: string, rule: CompiledUnique): string {
  if (rule.charset?.fold !== true) return text.trim();
  const [local, domain] = splitAddress(text);
  const punctuation = KEPT_PUNCTUATION[rule.charset.allow];
  const plain = normalizeDiacritics(local);
  return (punctuation === undefined ? plain : plain.replace(punctuation, "")) + domain;
}

function isAllowed(text: string, rule: CompiledUnique): boolean {
  const [local] = splitAddress(text);
  if (local === "" || rule.reserved.includes(local.toLowerCase()) || rule.reserved.includes(text.toLowerCase()))
    return false;
  const allowed = rule.charset === null ? undefined : ALLOWED[rule.charset.allow];
  return allowed === undefined || allowed.test(local);
}
