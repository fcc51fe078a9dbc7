/** What the tests of the expression language share. */
import { expect } from "vitest";
import { type OperandValue, parseExpression, toText } from "../../../reconciler/policy/expression/index.js";
import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";

export type Operands = Readonly<Record<string, OperandValue>>;

export const AT = { file: "policies/mapping.yaml", line: 10, column: 5 };
/** 2031-04-02 is a Wednesday. */
export const AS_OF = Date.UTC(2031, 3, 2, 9, 30, 15);

/** The value as an attribute would receive it. */
export function evaluate(text: string, operands: Operands = {}): string | readonly string[] | null | undefined {
  const environment = { asOf: AS_OF, get: (path: string) => operands[path] };
  const value = parseExpression(text, AT).evaluate(environment);
  return value === undefined ? undefined : toText(value);
}

/** One row: an expression, its operands, and the value expected. */
export type Row = readonly [text: string, operands: Operands, expected: ReturnType<typeof evaluate>];

export function expectRow([text, operands, expected]: Row): void {
  expect(evaluate(text, operands)).toEqual(expected);
}

/** Code, line and column of every mistake that is found without evaluating. */
export function mistakes(text: string): readonly string[] {
  return errorsOf(() => parseExpression(text, AT)).map(({ code, where }) => `${code} ${where?.line}:${where?.column}`);
}

/** The errors thrown; fails the test when none is, or when something else is thrown. */
export function errorsOf(action: () => unknown): readonly MusterError[] {
  try {
    action();
  } catch (error) {
    if (error instanceof MusterErrors) return error.errors;
    if (error instanceof MusterError) return [error];
    throw error;
  }
  throw new Error("expected an error");
}

/** The error of an evaluation. */
export function failure(text: string, operands: Operands): MusterError | undefined {
  const expression = parseExpression(text, AT);
  return errorsOf(() => expression.evaluate({ asOf: AS_OF, get: (path) => operands[path] }))[0];
}

export function warnings(text: string): readonly string[] {
  return parseExpression(text, AT).warnings.map(({ what, where }) => `${where.line}:${where.column} ${what}`);
}
