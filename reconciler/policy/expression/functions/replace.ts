/** Replace: which of its five modes is meant follows from the arguments that are present. */

import { MAX_TEXT_CHARS } from "../../../support/limits.js";
import type { Call, FunctionDefinition } from "../call.js";
import { type CompiledPattern, compileRegex, eachMatch, type Match } from "../pattern.js";
import { compileReplacement, groupText } from "../replacement.js";
import { type Evaluate, optional, required } from "../signature.js";
import { quoteValue } from "../value.js";
import { lift2, lift3 } from "./lift.js";

const SOURCE = 0;
const OLD = 1;
const PATTERN = 2;
const GROUP = 3;
const REPLACEMENT = 4;
const ATTRIBUTE = 5;
const TEMPLATE = 6;

/**
 * One match takes linear time, all matches of one text at worst quadratic time: hence a limit, in characters. Text
 * attributes of a directory hold 1,024 at most.
 */
const MAX_SEARCHED_CHARS = 2_048;
const TOO_LONG = `the result is longer than ${MAX_TEXT_CHARS} characters`;

/** The arguments beside source that make a mode, in the order of the parameters. */
const MODES: readonly { readonly present: readonly number[]; readonly compile: (call: Call) => Evaluate }[] = [
  { present: [OLD, REPLACEMENT], compile: compileLiteral },
  { present: [OLD, TEMPLATE], compile: compileTemplate },
  { present: [PATTERN, REPLACEMENT], compile: compilePatternMode },
  { present: [PATTERN, GROUP, REPLACEMENT], compile: compileGroup },
  { present: [PATTERN, GROUP, ATTRIBUTE], compile: compileAttribute },
];

function compileReplace(call: Call): Evaluate {
  const present = [OLD, PATTERN, GROUP, REPLACEMENT, ATTRIBUTE, TEMPLATE].filter((index) => call.has(index));
  const mode = MODES.find((candidate) => candidate.present.join() === present.join());
  if (mode !== undefined) return mode.compile(call);
  const names = (indexes: readonly number[]) =>
    indexes.map((index) => call.signature.parameters[index]?.name).join(" + ") || "source alone";
  const forms = MODES.map(({ present: indexes }) => names(indexes)).join("; ");
  return call.reject(
    "MUS-1211",
    `no form of it takes ${names(present)}`,
    undefined,
    `Beside source give one of: ${forms}.`,
  );
}

function checkOldValue(call: Call): void {
  if (call.required(OLD).constant === "") call.reject("MUS-1204", "oldValue is empty", OLD);
}

/** Every occurrence, literally; an empty replacement deletes. */
function compileLiteral(call: Call): Evaluate {
  checkOldValue(call);
  return lift3(call.text(SOURCE), call.text(OLD), call.text(REPLACEMENT), (source, old, replacement) =>
    replaceLiteral(call, source, old, replacement),
  );
}

/** Every occurrence in the template replaced by the source. */
function compileTemplate(call: Call): Evaluate {
  checkOldValue(call);
  return lift3(call.text(SOURCE), call.text(OLD), call.text(TEMPLATE), (source, old, template) =>
    replaceLiteral(call, template, old, source),
  );
}

function replaceLiteral(call: Call, text: string, old: string, replacement: string): string {
  if (old === "") return call.fail("oldValue is empty");
  const pieces = text.split(old);
  if (text.length + pieces.length * replacement.length > MAX_TEXT_CHARS) return call.fail(TOO_LONG);
  return pieces.join(replacement);
}

function compileSource(call: Call): CompiledPattern {
  return compileRegex(call.constantText(PATTERN) ?? "", (index, what) =>
    call.rejectInText("MUS-1206", what, PATTERN, index),
  );
}

function compilePatternMode(call: Call): Evaluate {
  const pattern = compileSource(call);
  const constant = call.constantText(REPLACEMENT);
  if (constant === undefined)
    return lift2(call.text(SOURCE), call.text(REPLACEMENT), (source, replacement) =>
      replaceMatches(call, pattern, source, compileReplacement(replacement, pattern, ignore)),
    );
  const substitute = compileReplacement(constant, pattern, (name, index) =>
    call.rejectInText("MUS-1206", `the pattern has no group ${name}; write $$ for a plain $`, REPLACEMENT, index),
  );
  return lift2(call.text(SOURCE), call.text(REPLACEMENT), (source) =>
    replaceMatches(call, pattern, source, substitute),
  );
}

/** A replacement that comes from data: .NET takes a name without a group as plain characters. */
function ignore(): void {}

/** In every match, only the text of the named group. */
function compileGroup(call: Call): Evaluate {
  const pattern = compileSource(call);
  const group = groupOf(call, pattern);
  return lift2(call.text(SOURCE), call.text(REPLACEMENT), (source, replacement) =>
    replaceMatches(call, pattern, source, (text, match) => {
      if (match.start(group) === -1) return groupText(text, match, 0);
      return text.slice(match.start(0), match.start(group)) + replacement + text.slice(match.end(group), match.end(0));
    }),
  );
}

/** The source where it has a value, else the named group of the first match in the other attribute. */
function compileAttribute(call: Call): Evaluate {
  const pattern = compileSource(call);
  const group = groupOf(call, pattern);
  const source = call.text(SOURCE);
  const other = call.text(ATTRIBUTE);
  return (context) => {
    const own = source(context);
    if (own !== null && own !== "") return own;
    const text = other(context);
    if (text === null) return null;
    checkText(call, pattern, text);
    const matcher = pattern.regex.matcher(text);
    return matcher.find() ? (matcher.group(group) ?? "") : null;
  };
}

function groupOf(call: Call, pattern: CompiledPattern): number {
  const name = call.constantText(GROUP) ?? "";
  const group = pattern.groupNames.get(name) ?? (/^\d+$/.test(name) ? pattern.groupNumbers[Number(name)] : undefined);
  if (group !== undefined) return group;
  return call.reject(
    "MUS-1206",
    `the pattern has no group ${quoteValue(name)}`,
    GROUP,
    `Name a group: (?<${name}>...).`,
  );
}

function replaceMatches(
  call: Call,
  pattern: CompiledPattern,
  text: string,
  substitute: (text: string, match: Match) => string,
): string {
  checkText(call, pattern, text);
  let result = "";
  let end = 0;
  eachMatch(pattern, text, (match) => {
    result += text.slice(end, match.start(0)) + substitute(text, match);
    if (result.length > MAX_TEXT_CHARS) call.fail(TOO_LONG);
    end = match.end(0);
  });
  return result + text.slice(end);
}

/** Also refuses the one case that RE2 cannot tell apart from the end of the text. */
function checkText(call: Call, pattern: CompiledPattern, text: string): void {
  if (text.length > MAX_SEARCHED_CHARS)
    call.fail(`a text of ${text.length} characters is too long for a pattern; ${MAX_SEARCHED_CHARS} are allowed`);
  if (pattern.endsBeforeLineFeed && text.endsWith("\n"))
    call.fail("the text ends in a line feed, before which $ also matches in .NET; write \\\\z for the very end");
}

export const REPLACE_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "Replace",
    parameters: [
      required("source", "text"),
      optional("oldValue", "text"),
      optional("regexPattern", "text", { constant: true }),
      optional("regexGroupName", "text", { constant: true }),
      optional("replacementValue", "text"),
      optional("replacementAttributeName", "text"),
      optional("template", "text"),
    ],
    returns: "text",
    summary: "Replaces literal text, matches of a pattern, one group of them, or a place in a template.",
    origin: "entra",
    compile: compileReplace,
  },
];
