/** What the registry knows of a code. docs/errors.md is generated from these entries. */
export interface CodeEntry {
  /** A short title, without values. */
  readonly title: string;
  readonly who: "hr" | "policy-author" | "operator" | "directory-admin" | "developer";
  readonly next: string;
  /** Exit code (DESIGN section 10): 1 error, 3 refused, 4 ops failed, 5 stale, 6 locked, 7 invalid input, 8 unknown. */
  readonly exit: 1 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
}

/** Keeps the literal code names while checking every entry. */
export function codes<const T extends Record<`MUS-${number}`, CodeEntry>>(table: T): T {
  return table;
}
