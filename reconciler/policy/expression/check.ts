/** What a call's signature says: number of arguments, their kinds, the words of enums. */

import { nearestWord } from "../../support/nearest.js";
import type { Argument, Call } from "./call.js";
import type { Kind, Parameter, Signature } from "./signature.js";
import type { ArgumentNode, CallNode } from "./syntax.js";

/** Kinds that may stand where another kind is expected; every single value flows into text. */
const ACCEPTS: { readonly [K in Kind]: readonly Kind[] } = {
  any: ["any", "text", "number", "boolean", "date", "list"],
  text: ["any", "text", "number", "boolean", "date"],
  number: ["any", "text", "number"],
  boolean: ["any", "text", "number", "boolean"],
  date: ["any", "text", "date"],
  list: ["any", "list"],
  enum: ["text"],
};

/** The arguments in the order of the parameters: the short form is filled up, left-out arguments at the end go. */
export function arrangeArguments(signature: Signature, node: CallNode): readonly ArgumentNode[] {
  const { parameters, shortFormLacks } = signature;
  const args = [...node.arguments];
  if (shortFormLacks !== undefined && args.length === parameters.length - 1) {
    const index = parameters.findIndex((parameter) => parameter.name === shortFormLacks);
    const start = args[index]?.start ?? node.end;
    args.splice(index, 0, { kind: "omitted", start, end: start });
  }
  const last = args.findLastIndex((argument) => argument.kind !== "omitted");
  return args.slice(0, Math.max(last + 1, Math.min(args.length, parameters.length)));
}

/** The parameter that an argument is for; undefined where there are too many. */
export function parameterOf(signature: Signature, index: number): Parameter | undefined {
  const { parameters } = signature;
  const firstRepeated = parameters.findIndex((parameter) => parameter.need === "repeated");
  if (firstRepeated === -1 || index < firstRepeated) return parameters[index];
  const group = parameters.length - firstRepeated;
  return parameters[firstRepeated + ((index - firstRepeated) % group)];
}

/** Throws MUS-1203 or MUS-1204 at the argument that is wrong. */
export function checkArguments(call: Call): void {
  const { signature } = call;
  const { parameters } = signature;
  const firstRepeated = parameters.findIndex((parameter) => parameter.need === "repeated");
  const count = call.arguments.length;
  const incomplete = firstRepeated !== -1 && (count - firstRepeated) % (parameters.length - firstRepeated) !== 0;
  const tooMany = firstRepeated === -1 && count > parameters.length;
  if (tooMany || incomplete)
    call.reject("MUS-1203", `${count} arguments are given; the form is ${formatSignature(signature)}`);
  const length = Math.max(count, parameters.length);
  for (let index = 0; index < length; index++) {
    const parameter = parameterOf(signature, index);
    if (parameter !== undefined) checkArgument(call, parameter, index);
  }
}

function checkArgument(call: Call, parameter: Parameter, index: number): void {
  const argument = call.arguments[index];
  if (argument === undefined) {
    if (parameter.need === "optional") return;
    call.reject("MUS-1203", `${parameter.name} is left out; the form is ${formatSignature(call.signature)}`);
  }
  if (argument.node.kind === "comparison" && parameter.condition !== true)
    call.reject("MUS-1204", `${parameter.name} cannot be a comparison`, index, "Put the comparison into IIF or CBool.");
  if (parameter.kind === "enum") {
    checkWord(call, parameter, argument, index);
    return;
  }
  if (argument.node.kind === "word") rejectWord(call, argument.node.word, index);
  if (
    !ACCEPTS[parameter.kind].includes(argument.kind) ||
    (parameter.kind === "list" && argument.constant !== undefined)
  )
    call.reject(
      "MUS-1204",
      `${parameter.name} must be ${article(parameter.kind)}, this is ${article(argument.kind)}`,
      index,
    );
  if (parameter.constant === true && argument.constant === undefined)
    call.reject("MUS-1204", `${parameter.name} must be written out as a text`, index);
}

function checkWord(call: Call, parameter: Parameter, argument: Argument, index: number): void {
  const { quoted, values } = parameter.words ?? { quoted: true, values: [] };
  const given = argument.node.kind === "word" ? argument.node.word : argument.constant;
  const isWritten = (argument.node.kind === "text") === quoted;
  if (isWritten && values.some((value) => value === given)) return;
  const shown = values.map((value) => (quoted ? `"${value}"` : value)).join(", ");
  call.reject("MUS-1204", `${parameter.name} must be one of ${shown}`, index);
}

function rejectWord(call: Call, word: string, index: number): never {
  const next = `Write [${word}] for an attribute, "${word}" for a text, ${word}(...) for a function.`;
  return call.reject("MUS-1204", `${word} is neither an attribute nor a text`, index, next);
}

/** The form of a function, for people: `Left(string, numChars)`, optional parameters with a question mark. */
export function formatSignature(signature: Signature): string {
  const names = signature.parameters.map((parameter) => parameter.name + (parameter.need === "optional" ? "?" : ""));
  const repeats = signature.parameters.some((parameter) => parameter.need === "repeated");
  return `${signature.name}(${names.join(", ")}${repeats ? ", ..." : ""})`;
}

const ARTICLES: { readonly [K in Kind]: string } = {
  any: "any value",
  text: "a text",
  number: "a whole number",
  boolean: "a boolean",
  date: "a date-time",
  list: "a list",
  enum: "a word",
};

function article(kind: Kind): string {
  return ARTICLES[kind];
}

/** The function meant by a name that does not exist. */
export function suggestFunction(name: string, known: Iterable<string>): string | undefined {
  const nearest = nearestWord(name, known);
  return nearest === undefined ? undefined : `Did you mean ${nearest}? Names of functions are case-sensitive.`;
}
