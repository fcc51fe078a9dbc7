/** The delegation as docs/active-directory.md shows it. */
import { readFileSync } from "node:fs";

/** Its lines, without the indent of the page. */
export function documentedDelegation(style: "dsacls" | "samba", role: "reader" | "writer"): string[] {
  const page = readFileSync("docs/active-directory.md", "utf8");
  const [, rest] = page.split(`<!-- delegation:${style}:${role} -->\n`);
  const block = rest?.split("<!-- /delegation -->")[0];
  if (block === undefined) throw new Error(`docs/active-directory.md shows no ${style} lines of the ${role}`);
  return block
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(4));
}
