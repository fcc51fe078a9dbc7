/** Functions that change case or remove marks. */
import type { Call, FunctionDefinition } from "../call.js";
import { lowerCase, normalizeDiacritics, properCase, upperCase } from "../letters.js";
import { type Evaluate, optional, required } from "../signature.js";
import { lift1, lift2, textFunction } from "./lift.js";

const CULTURE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

function compileCase(change: (text: string, culture?: string) => string): (call: Call) => Evaluate {
  return (call) => {
    const culture = call.constantText(1);
    if (culture !== undefined && culture !== "" && !isCulture(culture))
      call.reject("MUS-1204", `"${culture}" is not a culture`, 1, 'Write a culture such as "tr-TR", or leave it out.');
    return lift1(call.text(0), culture ? (text) => change(text, culture) : (text) => change(text));
  };
}

function isCulture(name: string): boolean {
  return CULTURE.test(name) && Intl.DateTimeFormat.supportedLocalesOf([name]).length === 1;
}

function compileProperCase(call: Call): Evaluate {
  if (!call.has(1)) return lift1(call.text(0), (text) => properCase(text));
  return lift2(call.text(0), call.text(1), properCase);
}

const CASE_PARAMETERS = [required("source", "text"), optional("culture", "text", { constant: true })];

export const LETTER_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "ToLower",
    parameters: CASE_PARAMETERS,
    returns: "text",
    summary: "Lower case, by the invariant culture unless one is given.",
    origin: "entra",
    compile: compileCase(lowerCase),
  },
  {
    name: "ToUpper",
    parameters: CASE_PARAMETERS,
    returns: "text",
    summary: "Upper case, by the invariant culture unless one is given; ß stays ß.",
    origin: "entra",
    compile: compileCase(upperCase),
  },
  {
    name: "PCase",
    parameters: [required("source", "text"), optional("wordSeparators", "text")],
    returns: "text",
    summary: "First letter of each word upper, the rest lower; with separators, words end only at those characters.",
    origin: "entra",
    compile: compileProperCase,
  },
  {
    name: "NormalizeDiacritics",
    parameters: [required("source", "text")],
    returns: "text",
    summary: "Latin letters without their marks (é to e, ß to ss, ø to oe); other scripts stay.",
    origin: "entra",
    compile: textFunction(normalizeDiacritics),
  },
];
