/** A case of the wire contract: what is sent, and the one answer that Active Directory's specification asks for. */
import type { World } from "./world.js";

/** Columns of the matrix: result codes (RFC 4511 appendix A) that the driver, or a person who reads its report, tells apart. */
export const RESULTS = {
  success: 0,
  sizeLimitExceeded: 4,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDNSyntax: 34,
  insufficientAccessRights: 50,
  unwillingToPerform: 53,
  namingViolation: 64,
  objectClassViolation: 65,
  notAllowedOnNonLeaf: 66,
  notAllowedOnRDN: 67,
  entryAlreadyExists: 68,
  other: 80,
} as const;

export type ResultName = keyof typeof RESULTS;

/** Rows of the matrix. */
export const VERBS = [
  "add user",
  "add group",
  "modify: add value",
  "modify: delete value",
  "modify: replace",
  "modify: add member",
  "modify: delete member",
  "modify: manager",
  "modify: unicodePwd",
  "modify: userAccountControl",
  "modifyDN: rename",
  "modifyDN: move",
  "delete",
] as const;

export type Verb = (typeof VERBS)[number];

/** What a case saw beside the result code: values as text, in an order that does not depend on the server. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact };

export interface Verdict {
  readonly code: number;
  /** Win32 error of the diagnostic message (its first eight hex digits), null when the text does not begin with one. */
  readonly win32: number | null;
  readonly facts?: Fact;
}

export interface Expectation {
  readonly code: number;
  /**
   * The Win32 error of the specification. The sandbox must send it; a real server is held to it only where `reliedOn`
   * says that the driver reads it, since implementations differ in it and clients should not.
   */
  readonly win32?: number;
  readonly reliedOn?: boolean;
  readonly facts?: Fact;
}

export interface WireCase {
  /** Unique and stable: divergences.yaml names it. */
  readonly id: string;
  /** Row of the matrix; a case without one belongs to the further behaviour. */
  readonly verb?: Verb;
  /** Document and section that the expectation comes from. */
  readonly source: string;
  readonly expected: Expectation;
  run(world: World): Promise<Verdict>;
}

/** A case of the matrix. */
export function cell(
  verb: Verb,
  result: ResultName,
  what: string,
  rest: { source: string; win32?: number; reliedOn?: boolean; facts?: Fact; run: WireCase["run"] },
): WireCase {
  const { source, run, ...more } = rest;
  return { id: `${verb}: ${what}`, verb, source, expected: { code: RESULTS[result], ...more }, run };
}

/** A case of an area beside the matrix. */
export function behaviour(
  area: string,
  what: string,
  rest: { source: string; expected: Expectation; run: WireCase["run"] },
): WireCase {
  return { id: `${area}: ${what}`, ...rest };
}
