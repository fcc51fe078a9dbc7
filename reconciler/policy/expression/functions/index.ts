/** The function table: the checker, the compiler and the reference all read it. */
import type { FunctionDefinition } from "../call.js";
import type { Signature } from "../signature.js";
import { CHOICE_FUNCTIONS } from "./choice.js";
import { CONVERT_FUNCTIONS } from "./convert.js";
import { DATE_FUNCTIONS } from "./dates.js";
import { LETTER_FUNCTIONS } from "./letters.js";
import { LIST_FUNCTIONS } from "./lists.js";
import { REPLACE_FUNCTIONS } from "./replace.js";
import { TEXT_FUNCTIONS } from "./text.js";

export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  [
    ...TEXT_FUNCTIONS,
    ...LETTER_FUNCTIONS,
    ...REPLACE_FUNCTIONS,
    ...CHOICE_FUNCTIONS,
    ...CONVERT_FUNCTIONS,
    ...DATE_FUNCTIONS,
    ...LIST_FUNCTIONS,
  ].map((definition) => [definition.name, definition]),
);

/** All functions by name, with what the reference shows of them. */
export function listFunctions(): readonly Signature[] {
  return [...FUNCTIONS.values()]
    .map(({ name, parameters, returns, summary, origin }) => ({ name, parameters, returns, summary, origin }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
