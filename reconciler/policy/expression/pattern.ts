/** Regular expressions: .NET's syntax, run by RE2 in time linear in the text. */
import { RE2JS } from "re2js";
import { MusterError } from "../../support/errors.js";
import { type RejectAt, type Translation, translatePattern } from "./pattern-translate.js";
import { type ExpressionPosition, locate } from "./position.js";

export interface CompiledPattern extends Translation {
  readonly regex: RE2JS;
}

export interface TextPattern {
  /** Whether the text matches. Never throws, whatever the text. */
  test(text: string): boolean;
}

/** Translates and compiles; tells `reject` of the first thing that is wrong, at its index in the pattern. */
export function compileRegex(pattern: string, reject: RejectAt): CompiledPattern {
  const translation = translatePattern(pattern, reject);
  try {
    return { ...translation, regex: RE2JS.compile(translation.pattern) };
  } catch (error) {
    return reject(0, `The pattern does not compile: ${reasonOf(error)}`);
  }
}

/** RE2's reason without the translated text, which the author did not write. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^error parsing regexp: /, "").replace(/: `.*`$/s, "");
}

/**
 * A pattern for a yes or no, in .NET's syntax. `anchored`: the whole text has to match, else any part of it.
 * Throws MUS-1206 with the place of the character that is wrong, `at` being the place of the pattern's first one.
 */
export function compilePattern(
  pattern: string,
  at: ExpressionPosition,
  options: { readonly anchored: boolean },
): TextPattern {
  const { regex, endsBeforeLineFeed } = compileRegex(pattern, (index, what) => {
    throw new MusterError("MUS-1206", { what, where: locate(pattern, at, index) });
  });
  if (options.anchored) return { test: (text) => regex.testExact(text) };
  return {
    test: (text) => regex.test(text) || (endsBeforeLineFeed && text.endsWith("\n") && regex.test(text.slice(0, -1))),
  };
}

/** One match: where each group (by our number, 0 the whole) begins and ends; -1 for a group that took no part. */
export interface Match {
  readonly start: (group: number) => number;
  readonly end: (group: number) => number;
}

/**
 * Visits all matches from left to right, as .NET does: an empty match is taken, also right after another match, and
 * the search then goes on behind the next character.
 */
export function eachMatch({ regex }: CompiledPattern, text: string, visit: (match: Match) => void): void {
  const matcher = regex.matcher(text);
  let position = 0;
  while (position <= text.length && matcher.find(position)) {
    visit({ start: (group) => matcher.start(group), end: (group) => matcher.end(group) });
    const end = matcher.end(0);
    position = end > matcher.start(0) ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
  }
}
