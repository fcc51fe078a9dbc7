/** Functions that choose, test and drop values. Only the branch that is chosen is evaluated. */
import type { Argument, Call, FunctionDefinition } from "../call.js";
import { type Evaluate, optional, repeated, required } from "../signature.js";
import { compileTruth } from "../truth.js";
import { type ExpressionValue, isTextList } from "../value.js";

export const UNIQUE_FUNCTION = "SelectUniqueValue";

const PRESENCE_TESTS = new Set(["IsPresent", "IsNull", "IsNullOrEmpty"]);

function isPresenceTest(argument: Argument): boolean {
  return argument.signature !== undefined && PRESENCE_TESTS.has(argument.signature.name);
}

function isEmpty(value: ExpressionValue): boolean {
  return value === null || value === "" || (isTextList(value) && value.length === 0);
}

/** A condition that is null counts as false. */
function compileIif(call: Call): Evaluate {
  const condition = compileTruth(call);
  const whenTrue = call.any(1);
  const whenFalse = call.any(2);
  const { node } = call.required(0);
  const comparesEmpty =
    node.kind === "comparison" &&
    [node.left, node.right].some((operand) => operand.kind === "text" && operand.value === "");
  if (comparesEmpty || isPresenceTest(call.required(0)))
    call.warn('Entra does not support null or empty attributes in IIF; its form is Switch with the key ""', 0);
  return (context) => (condition(context) === true ? whenTrue(context) : whenFalse(context));
}

/**
 * Keys written out are looked up in a map; a key that is computed makes it a search in order. The key "" matches null
 * as well as the empty string.
 */
function compileSwitch(call: Call): Evaluate {
  if (isPresenceTest(call.required(0)))
    call.warn(
      "Entra advises against IsPresent, IsNull and IsNullOrEmpty as the source; the keys are True and False",
      0,
    );
  const source = call.text(0);
  const otherwise = call.any(1);
  const cases = readCases(call);
  const constants = new Map<string, Evaluate>();
  for (const { key, index, value } of cases) {
    if (key === undefined) continue;
    if (constants.has(key)) call.reject("MUS-1210", `the key "${key}" stands here a second time`, index);
    constants.set(key, value);
  }
  if (constants.size === cases.length) return (context) => (constants.get(source(context) ?? "") ?? otherwise)(context);
  return (context) => {
    const text = source(context) ?? "";
    const chosen = cases.find(({ key, read }) => (key ?? read(context)) === text);
    return (chosen?.value ?? otherwise)(context);
  };
}

function readCases(call: Call) {
  const cases: { key: string | undefined; index: number; read: Evaluate<string | null>; value: Evaluate }[] = [];
  for (let index = 2; index < call.arguments.length; index += 2)
    cases.push({ key: call.constantText(index), index, read: call.text(index), value: call.any(index + 1) });
  return cases;
}

function compileCoalesce(call: Call): Evaluate {
  const sources = call.arguments.map((_, index) => call.any(index));
  call.arguments.slice(0, -1).forEach((argument, index) => {
    if (argument?.constant === undefined && argument?.signature?.neverNull !== true) return;
    call.warn("this source is never null, so that nothing after it takes effect", index);
  });
  return (context) => {
    for (const source of sources) {
      const value = source(context);
      if (value !== null) return value;
    }
    return null;
  };
}

function compileIgnoreFlow(call: Call): Evaluate {
  const evaluate = call.any(0);
  return (context) => {
    const value = evaluate(context);
    if (!isEmpty(value)) return value;
    context.dropped = true;
    return null;
  };
}

function test(holds: (value: ExpressionValue) => boolean): (call: Call) => Evaluate {
  return (call) => {
    const evaluate = call.any(0);
    return (context) => holds(evaluate(context));
  };
}

function presence(name: string, summary: string, holds: (value: ExpressionValue) => boolean): FunctionDefinition {
  const parameters = [required("expression", "any")];
  return { name, parameters, returns: "boolean", summary, origin: "entra", neverNull: true, compile: test(holds) };
}

function compileError(call: Call): Evaluate {
  const message = call.text(0);
  return (context) => call.fail(message(context) ?? "");
}

export const CHOICE_FUNCTIONS: readonly FunctionDefinition[] = [
  presence("IsNull", "True when absent; an empty text is not null.", (value) => value === null),
  presence("IsNullOrEmpty", "True when absent or empty.", isEmpty),
  presence("IsPresent", "True when neither absent nor empty.", (value) => !isEmpty(value)),
  presence("IsString", "True for anything that flows into a text: not for null, not for a list.", (value) => {
    return value !== null && !isTextList(value);
  }),
  {
    name: "Not",
    parameters: [required("source", "any")],
    returns: "boolean",
    summary: "False for True; True for everything else, null included.",
    origin: "entra",
    neverNull: true,
    compile: test((value) => !(value === true || value === "True")),
  },
  {
    name: "IIF",
    parameters: [
      required("condition", "boolean", { condition: true }),
      required("valueIfTrue", "any"),
      required("valueIfFalse", "any"),
    ],
    returns: "any",
    summary: "The second value when the condition holds, else the third; a comparison with null does not hold.",
    origin: "entra",
    compile: compileIif,
  },
  {
    name: "Switch",
    parameters: [
      required("source", "text"),
      optional("default", "any"),
      repeated("key", "text"),
      repeated("value", "any"),
    ],
    returns: "any",
    summary: 'The value after the first key that equals the source, case included; the key "" also matches null.',
    origin: "entra",
    compile: compileSwitch,
  },
  {
    name: "Coalesce",
    parameters: [repeated("source", "any")],
    returns: "any",
    summary: "The first argument that is not null; an empty text is not null.",
    origin: "entra",
    compile: compileCoalesce,
  },
  {
    name: "IgnoreFlowIfNullOrEmpty",
    parameters: [required("expression", "any")],
    returns: "any",
    summary: "The value; null or empty leaves the attribute alone, neither cleared nor defaulted.",
    origin: "entra",
    compile: compileIgnoreFlow,
  },
  {
    name: "Redact",
    parameters: [required("value", "any")],
    returns: "any",
    summary: "The value unchanged; marks it as not for reports (not masked yet).",
    origin: "entra",
    compile: (call) => call.any(0),
  },
  {
    name: "Error",
    parameters: [required("message", "text")],
    returns: "any",
    summary: "Fails the expression for this person with the message.",
    origin: "cloud-sync",
    compile: compileError,
  },
  {
    name: UNIQUE_FUNCTION,
    parameters: [required("rule", "any"), repeated("rule", "any")],
    returns: "text",
    summary: "Candidates for a name, in order; the first that is free is allotted. At the top of an expression only.",
    origin: "entra",
    compile: (call) => call.reject("MUS-1208", "it stands inside another function; it is allowed at the top only"),
  },
];
