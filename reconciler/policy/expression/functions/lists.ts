/** Functions on lists. A single value counts as a list of one. */
import type { Call, FunctionDefinition } from "../call.js";
import { type Evaluate, required } from "../signature.js";
import { lift1, lift2 } from "./lift.js";

function compileCount(call: Call): Evaluate {
  const list = call.list(0);
  return (context) => BigInt(list(context)?.length ?? 0);
}

function compileItem(call: Call): Evaluate {
  call.refuseBelow(1, 1n, "the first value has index 1");
  return lift2(call.list(0), call.number(1), (list, index) => {
    if (index < 1n) return call.fail(`index is ${index}; the first value is 1`);
    return list[Number(index) - 1] ?? call.fail(`index is ${index}, the list has ${list.length} values`);
  });
}

/** Pieces are trimmed and empty ones left out. */
function compileSplit(call: Call): Evaluate {
  if (call.required(1).constant === "") call.reject("MUS-1204", "delimiter is empty", 1);
  return lift2(call.text(0), call.text(1), (source, delimiter) => {
    if (delimiter === "") return call.fail("delimiter is empty");
    return source
      .split(delimiter)
      .map((piece) => piece.trim())
      .filter((piece) => piece !== "");
  });
}

export const LIST_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "Count",
    parameters: [required("attribute", "list")],
    returns: "number",
    summary: "Number of values; 0 for null.",
    origin: "entra",
    neverNull: true,
    compile: compileCount,
  },
  {
    name: "Item",
    parameters: [required("attribute", "list"), required("index", "number")],
    returns: "text",
    summary: "The value at an index; the first is 1, beyond the last is an error.",
    origin: "entra",
    compile: compileItem,
  },
  {
    name: "RemoveDuplicates",
    parameters: [required("attribute", "list")],
    returns: "list",
    summary: "The list with each value once, in the order of first appearance.",
    origin: "entra",
    compile: (call) => lift1(call.list(0), (list) => [...new Set(list)]),
  },
  {
    name: "Split",
    parameters: [required("source", "text"), required("delimiter", "text")],
    returns: "list",
    summary: "The pieces between delimiters (literal text), trimmed, without empty ones.",
    origin: "entra",
    compile: compileSplit,
  },
];
