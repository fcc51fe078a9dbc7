/** The replacement text of a pattern, in .NET's syntax: $1, ${name}, $$, $&, $`, $', $+ and $_. */
import type { CompiledPattern, Match } from "./pattern.js";

type Part = (text: string, match: Match) => string;

const SUBSTITUTION = /\$(?:(\d+)|\{(\w+)\}|([$&`'+_]))/g;

/** What stands in the place of one match. `unknownGroup` is told of a name that the pattern does not have. */
export function compileReplacement(
  replacement: string,
  pattern: CompiledPattern,
  unknownGroup: (name: string, index: number) => void,
): Part {
  const parts: Part[] = [];
  let end = 0;
  for (const found of replacement.matchAll(SUBSTITUTION)) {
    const [written, digits, braced, sign] = found;
    const part = sign === undefined ? groupPart(digits ?? braced ?? "", pattern) : signPart(sign, pattern);
    if (part === undefined && braced !== undefined) unknownGroup(braced, found.index);
    const before = replacement.slice(end, found.index);
    parts.push(() => before, part ?? (() => written));
    end = found.index + written.length;
  }
  const rest = replacement.slice(end);
  return (text, match) => parts.map((part) => part(text, match)).join("") + rest;
}

/** A group by number or name; undefined when there is none, and then .NET takes the characters as they are. */
function groupPart(name: string, { groupNumbers, groupNames }: CompiledPattern): Part | undefined {
  const group = groupNames.get(name) ?? (/^\d+$/.test(name) ? groupNumbers[Number(name)] : undefined);
  return group === undefined ? undefined : (text, match) => groupText(text, match, group);
}

function signPart(sign: string, { groupNumbers }: CompiledPattern): Part {
  switch (sign) {
    case "$":
      return () => "$";
    case "&":
      return (text, match) => groupText(text, match, 0);
    case "`":
      return (text, match) => text.slice(0, match.start(0));
    case "'":
      return (text, match) => text.slice(match.end(0));
    case "+":
      return (text, match) => groupText(text, match, groupNumbers.at(-1) ?? 0);
    default:
      return (text) => text;
  }
}

/** The text of a group; "" when it took no part in the match. */
export function groupText(text: string, match: Match, group: number): string {
  const start = match.start(group);
  return start === -1 ? "" : text.slice(start, match.end(group));
}
