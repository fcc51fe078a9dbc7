/**
 * Address lists (proxyAddresses): one entry "SMTP:address" is the primary address, "smtp:address" are aliases, everything
 * else (X500:, SIP: ...) is of other kinds. A mapping says only which address is the primary one; the one before stays as
 * an alias, and nothing else in the list is touched. Addresses are compared without case.
 */
import { isList, type Value } from "../model/value.js";

const PRIMARY = "SMTP:";
const ALIAS = "smtp:";

/** The list with `primary` as its one primary address, and with `aliases` in it. */
export function withPrimary(observed: Value | null, primary: string, aliases: readonly string[]): string[] {
  const entries = observed === null ? [] : isList(observed) ? observed : typeof observed === "string" ? [observed] : [];
  const kept = entries.flatMap((entry) => {
    const address = addressOf(entry);
    if (address === null) return [entry];
    if (isSame(address, primary)) return entry.startsWith(PRIMARY) ? [entry] : [];
    return entry.startsWith(PRIMARY) ? [ALIAS + address] : [entry];
  });
  const has = (address: string) => kept.some((entry) => isSame(addressOf(entry) ?? "", address));
  const added = aliases.filter((alias) => !isSame(alias, primary) && !has(alias)).map((alias) => ALIAS + alias);
  return [...new Set([...(has(primary) ? [] : [PRIMARY + primary]), ...kept, ...added])];
}

/** The primary address of a list, in lower case; null when it has none. */
export function primaryOf(list: Value | null): string | null {
  const entries = list === null ? [] : isList(list) ? list : typeof list === "string" ? [list] : [];
  return entries.find((entry) => entry.startsWith(PRIMARY))?.toLowerCase() ?? null;
}

function addressOf(entry: string): string | null {
  return /^smtp:/i.test(entry) ? entry.slice(PRIMARY.length) : null;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
