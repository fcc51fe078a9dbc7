/** How an expression has to stand in YAML. */

/**
 * The block scalar to show where an expression was written as a plain scalar or in double quotes. In it YAML changes
 * no character: no ` #` cuts it off, no `[x]` becomes a list, no backslash is eaten.
 */
export function suggestQuoted(text: string): string {
  const lines = text.replace(/\r\n?/g, "\n").trim().split("\n");
  return ["|-", ...lines.map((line) => `  ${line}`)].join("\n");
}
