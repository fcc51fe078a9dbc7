/** The matrix of verbs and result codes: each cell has cases, or the reason why the code cannot occur. */
import { RESULTS, type ResultName, VERBS, type Verb, type Verdict, type WireCase } from "./case.js";

/** Why a code cannot come as the answer to a verb; the letter stands in the cell. */
const REASONS = {
  a: "size limits bound searches only (RFC 4511 4.5.1.4)",
  b: "the attribute of this verb is known, plain and stored",
  c: "the request names no attribute (RFC 4511 4.8, 4.9)",
  d: "values of an object that exists make no name (RFC 4511 4.6, 4.9)",
  e: "only a delete depends on what is below (MS-ADTS 3.1.1.5.5)",
  f: "the RDN of a new or moved object is checked as a name: 64, 53 (MS-ADTS 3.1.1.5.2.2)",
  g: "nothing is added, so nothing can be there already",
  h: "no value is converted or measured",
  i: "the attribute is no account name: SAM's ERROR_INVALID_ACCOUNT_NAME is not asked (MS-SAMR 3.1.1.6)",
  j: "a missing value is noSuchAttribute, a missing account name unwillingToPerform",
  k: "the class is that of the object and is not changed",
  l: "the value is no link and no name, and SAM has its own code (53) for what it forbids",
  m: "a constructed attribute is refused as constraintViolation by modify, undefinedAttributeType by add only",
  n: "SAM owns this attribute: what it forbids is 32, 53, 68 (MS-SAMR 3.1.1.8.9)",
  o: "the directory itself owns this link: what it forbids is 16, 19, 20 (MS-ADTS 3.1.1.5.1.5)",
  p: "an attribute that is to be added is given with the object, which did not have it before",
  q: "no unique name is written",
  r: "delete and replace of unicodePwd compare no value that a client could know",
  t: "a reference that is no DN is invalidDNSyntax",
  u: "what the class does not allow is not there: noSuchAttribute",
  s: "names that break a naming rule are 34 (syntax), 64 (empty), 53 (rDNAttID) or 19 (length)",
} as const;

type Letter = keyof typeof REASONS;

/** Cells without a case, row by row, in the order of the columns: result, letter of the reason. */
const CANNOT: Readonly<Record<Verb, Partial<Record<ResultName, Letter>>>> = {
  "add user": { sizeLimitExceeded: "a", notAllowedOnNonLeaf: "e", notAllowedOnRDN: "f" },
  "add group": { sizeLimitExceeded: "a", notAllowedOnNonLeaf: "e", notAllowedOnRDN: "f" },
  "modify: add value": {
    sizeLimitExceeded: "a",
    undefinedAttributeType: "m",
    namingViolation: "d",
    notAllowedOnNonLeaf: "e",
  },
  "modify: delete value": {
    sizeLimitExceeded: "a",
    undefinedAttributeType: "m",
    attributeOrValueExists: "g",
    invalidAttributeSyntax: "j",
    namingViolation: "d",
    objectClassViolation: "u",
    notAllowedOnNonLeaf: "e",
    entryAlreadyExists: "g",
    other: "g",
  },
  "modify: replace": {
    sizeLimitExceeded: "a",
    undefinedAttributeType: "m",
    namingViolation: "d",
    notAllowedOnNonLeaf: "e",
  },
  "modify: add member": {
    sizeLimitExceeded: "a",
    noSuchAttribute: "b",
    undefinedAttributeType: "b",
    constraintViolation: "n",
    attributeOrValueExists: "n",
    invalidAttributeSyntax: "t",
    namingViolation: "d",
    notAllowedOnNonLeaf: "e",
    notAllowedOnRDN: "d",
    other: "i",
  },
  "modify: delete member": {
    sizeLimitExceeded: "a",
    undefinedAttributeType: "b",
    constraintViolation: "n",
    attributeOrValueExists: "g",
    invalidAttributeSyntax: "t",
    namingViolation: "d",
    objectClassViolation: "u",
    notAllowedOnNonLeaf: "e",
    notAllowedOnRDN: "d",
    entryAlreadyExists: "g",
    other: "i",
  },
  "modify: manager": {
    sizeLimitExceeded: "a",
    undefinedAttributeType: "b",
    invalidAttributeSyntax: "t",
    unwillingToPerform: "o",
    namingViolation: "d",
    notAllowedOnNonLeaf: "e",
    notAllowedOnRDN: "d",
    entryAlreadyExists: "o",
    other: "i",
  },
  "modify: unicodePwd": {
    sizeLimitExceeded: "a",
    noSuchAttribute: "r",
    undefinedAttributeType: "b",
    attributeOrValueExists: "r",
    invalidAttributeSyntax: "l",
    namingViolation: "d",
    notAllowedOnNonLeaf: "e",
    notAllowedOnRDN: "d",
    entryAlreadyExists: "q",
    other: "i",
  },
  "modify: userAccountControl": {
    sizeLimitExceeded: "a",
    undefinedAttributeType: "b",
    constraintViolation: "l",
    namingViolation: "d",
    notAllowedOnNonLeaf: "e",
    notAllowedOnRDN: "d",
    entryAlreadyExists: "q",
  },
  "modifyDN: rename": {
    sizeLimitExceeded: "a",
    noSuchAttribute: "c",
    undefinedAttributeType: "c",
    attributeOrValueExists: "c",
    invalidAttributeSyntax: "c",
    objectClassViolation: "k",
    notAllowedOnNonLeaf: "e",
    notAllowedOnRDN: "s",
    other: "s",
  },
  "modifyDN: move": {
    sizeLimitExceeded: "a",
    noSuchAttribute: "c",
    undefinedAttributeType: "c",
    constraintViolation: "h",
    attributeOrValueExists: "c",
    invalidAttributeSyntax: "c",
    objectClassViolation: "k",
    notAllowedOnNonLeaf: "e",
    notAllowedOnRDN: "s",
  },
  delete: {
    sizeLimitExceeded: "a",
    noSuchAttribute: "c",
    undefinedAttributeType: "c",
    constraintViolation: "c",
    attributeOrValueExists: "c",
    invalidAttributeSyntax: "c",
    namingViolation: "h",
    objectClassViolation: "k",
    notAllowedOnRDN: "c",
    other: "i",
  },
};

const COLUMNS = Object.keys(RESULTS) as ResultName[];

/** Cells with neither a case nor a reason, or with both; empty when the matrix is complete. */
export function flawsOfMatrix(cases: readonly WireCase[]): string[] {
  return VERBS.flatMap((verb) =>
    COLUMNS.flatMap((result) => {
      const count = casesOf(cases, verb, result).length;
      const reason = CANNOT[verb][result];
      if (count === 0 && reason === undefined) return [`${verb}, ${result}: neither a case nor a reason`];
      return count > 0 && reason !== undefined ? [`${verb}, ${result}: a case, and a reason why there is none`] : [];
    }),
  );
}

function casesOf(cases: readonly WireCase[], verb: Verb, result: ResultName): WireCase[] {
  return cases.filter((one) => one.verb === verb && one.expected.code === RESULTS[result]);
}

const LABEL = 18;
const WIDTH = 6;

/**
 * The matrix as a server filled it, at most 120 columns wide. In a cell: the Win32 error of the first case (its last four
 * digits), "ok" for success, "-" where the server named none, "*" behind it where one of the cell's cases diverges.
 */
export function printMatrix(
  server: string,
  cases: readonly WireCase[],
  verdicts: ReadonlyMap<string, Verdict>,
  divergent: ReadonlySet<string>,
): string {
  const used = new Set<Letter>();
  const rows = VERBS.map((verb) => {
    const cells = COLUMNS.map((result) => {
      const letter = CANNOT[verb][result];
      if (letter !== undefined) used.add(letter);
      return (letter ?? cellText(casesOf(cases, verb, result), verdicts, divergent)).padStart(WIDTH);
    });
    return verb.replace("modify: ", "").padEnd(LABEL) + cells.join("");
  });
  const head =
    "verb, result code".padEnd(LABEL) + COLUMNS.map((name) => String(RESULTS[name]).padStart(WIDTH)).join("");
  const legend = [...used].sort().map((letter) => `${letter}: ${REASONS[letter]}`);
  const diverging = cases.filter((one) => divergent.has(one.id) && verdicts.has(one.id)).length;
  const count = `${verdicts.size} cases on ${server}: ${verdicts.size - diverging} as specified, ${diverging} divergent`;
  return ["", `Wire contract on ${server}`, head, ...rows, "cannot occur:", ...legend, count, ""].join("\n");
}

function cellText(
  cases: readonly WireCase[],
  verdicts: ReadonlyMap<string, Verdict>,
  divergent: ReadonlySet<string>,
): string {
  const [first] = cases;
  const verdict = first === undefined ? undefined : verdicts.get(first.id);
  if (first === undefined || verdict === undefined) return "?";
  const text =
    verdict.code === 0 ? "ok" : verdict.win32 === null ? "-" : (verdict.win32 & 0xffff).toString(16).toUpperCase();
  return text + (cases.some((one) => divergent.has(one.id)) ? "*" : "");
}
