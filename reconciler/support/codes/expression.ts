import { codes } from "./entry.js";

export const EXPRESSION_CODES = codes({
  "MUS-1201": {
    title: "Expression does not parse",
    who: "policy-author",
    next: "Correct the expression at the column shown.",
    exit: 7,
  },
  "MUS-1202": {
    title: "Unknown function",
    who: "policy-author",
    next: "Use the function suggested, or one of docs/mappings.md.",
    exit: 7,
  },
  "MUS-1203": {
    title: "Wrong number of arguments",
    who: "policy-author",
    next: "Give the arguments the function takes.",
    exit: 7,
  },
  "MUS-1204": {
    title: "Wrong type of argument",
    who: "policy-author",
    next: "Give the type the function takes.",
    exit: 7,
  },
  "MUS-1205": {
    title: "Unknown escape in a text",
    who: "policy-author",
    next: "Double the backslash, or remove it.",
    exit: 7,
  },
  "MUS-1206": {
    title: "Pattern cannot be used",
    who: "policy-author",
    next: "Correct the regular expression.",
    exit: 7,
  },
  "MUS-1207": {
    title: "Expression failed for a value",
    who: "policy-author",
    next: "Guard the expression against this value, or correct the value in HR.",
    exit: 7,
  },
  "MUS-1208": {
    title: "Function is not allowed here",
    who: "policy-author",
    next: "Move the function to where it is allowed.",
    exit: 7,
  },
  "MUS-1209": {
    title: "Expression is too long",
    who: "policy-author",
    next: "Keep an expression below 10,000 characters.",
    exit: 7,
  },
  "MUS-1210": {
    title: "Part of an expression can never take effect",
    who: "policy-author",
    next: "Remove or correct the part shown.",
    exit: 7,
  },
  "MUS-1211": {
    title: "Arguments do not go together",
    who: "policy-author",
    next: "Use one of the forms shown.",
    exit: 7,
  },
});
