/**
 * One call of a function while it is compiled: its arguments as typed evaluators, and the two kinds of failure:
 * `reject` for a mistake of the policy, found before anybody is evaluated, and `fail` for a value of one person.
 */
import { type ErrorDetail, MusterError, type Where } from "../../support/errors.js";
import { MAX_TEXT_CHARS } from "../../support/limits.js";
import { DATE_FORMS, parseDateTime } from "./date-text.js";
import type { Context, Evaluate, Kind, Signature } from "./signature.js";
import type { ArgumentNode } from "./syntax.js";
import { singleText } from "./to-text.js";
import {
  type DateTimeValue,
  type ExpressionValue,
  isDateTime,
  isTextList,
  parseWholeNumber,
  quoteValue,
} from "./value.js";

export interface Argument {
  readonly node: ArgumentNode;
  readonly kind: Kind;
  /** The value, where it is written out. */
  readonly constant: string | bigint | undefined;
  readonly evaluate: Evaluate;
  /** The function, where the argument is a call itself. */
  readonly signature: Signature | undefined;
}

type CheckCode = "MUS-1203" | "MUS-1204" | "MUS-1206" | "MUS-1208" | "MUS-1210" | "MUS-1211";

/** What a call needs to know of the text around it. */
export interface CallPlace {
  readonly where: (offset: number) => Where;
  /** The place of a character within a text argument. */
  readonly whereInText: (node: ArgumentNode, index: number) => Where;
  readonly warn: (what: string, where: Where) => void;
}

export interface FunctionDefinition extends Signature {
  /** Checks what the signature cannot say, and turns the call into a closure. */
  readonly compile: (call: Call) => Evaluate;
}

export class Call {
  readonly signature: Signature;
  readonly arguments: readonly (Argument | undefined)[];
  readonly start: number;
  readonly #place: CallPlace;

  constructor(signature: Signature, args: readonly (Argument | undefined)[], start: number, place: CallPlace) {
    this.signature = signature;
    this.arguments = args;
    this.start = start;
    this.#place = place;
  }

  /** A mistake in the expression itself, at an argument or, without index, at the function's name. */
  reject(code: CheckCode, what: string, index?: number, next?: string): never {
    const where = this.whereOf(index);
    throw new MusterError(code, detail(`${this.signature.name}: ${what}`, where, next));
  }

  /** A mistake at one character of a text argument. */
  rejectInText(code: CheckCode, what: string, index: number, character: number): never {
    const argument = this.required(index);
    const where = this.#place.whereInText(argument.node, character);
    throw new MusterError(code, detail(`${this.signature.name}: ${what}`, where, undefined));
  }

  /** A value of one person with which the function cannot go on. */
  fail(what: string): never {
    throw new MusterError("MUS-1207", { what: `${this.signature.name}: ${what}`, where: this.whereOf(undefined) });
  }

  warn(what: string, index?: number): void {
    this.#place.warn(`${this.signature.name}: ${what}`, this.whereOf(index));
  }

  whereOf(index: number | undefined): Where {
    const argument = index === undefined ? undefined : this.arguments[index];
    return this.#place.where(argument?.node.start ?? this.start);
  }

  /** Refuses a number that is written out and below the least that makes sense. */
  refuseBelow(index: number, least: bigint, why: string): void {
    const constant = this.arguments[index]?.constant;
    const number = typeof constant === "string" ? parseWholeNumber(constant) : constant;
    if (number !== undefined && number !== null && number < least) this.reject("MUS-1204", why, index);
  }

  has(index: number): boolean {
    return this.arguments[index] !== undefined;
  }

  /** An argument that the checker has seen to be there. */
  required(index: number): Argument {
    const argument = this.arguments[index];
    if (argument === undefined)
      throw new MusterError("MUS-9001", { what: `${this.signature.name} was compiled without argument ${index + 1}` });
    return argument;
  }

  /** Any value; null where the argument is left out. */
  any(index: number): Evaluate {
    return this.arguments[index]?.evaluate ?? giveNull;
  }

  /** Text, as every single value flows into it; null stays null. */
  text(index: number): Evaluate<string | null> {
    const argument = this.arguments[index];
    if (argument === undefined) return giveNull;
    if (argument.constant !== undefined) {
      const constant = String(argument.constant);
      return () => constant;
    }
    const { evaluate } = argument;
    return (context: Context) => {
      const value = evaluate(context);
      if (value === null) return null;
      return typeof value === "string" ? this.bounded(value) : this.toText(value);
    };
  }

  /** The text itself; fails where nested functions have made it longer than memory should hold. */
  bounded(text: string): string {
    if (text.length <= MAX_TEXT_CHARS) return text;
    return this.fail(`a text of ${text.length} characters is too long; ${MAX_TEXT_CHARS} are allowed`);
  }

  /** The text of a single value; fails for a list. */
  toText(value: Exclude<ExpressionValue, null>): string {
    if (!isTextList(value)) return singleText(value);
    return this.fail(`got a list of ${value.length} values where one value is expected; use Item or Join`);
  }

  /** A whole number, also from text with digits; null and the empty string give null. */
  number(index: number): Evaluate<bigint | null> {
    const argument = this.arguments[index];
    if (argument === undefined) return giveNull;
    const constant = typeof argument.constant === "string" ? parseWholeNumber(argument.constant) : argument.constant;
    if (constant === null) this.reject("MUS-1204", `${this.#parameter(index)} is not a whole number`, index);
    if (constant !== undefined) return () => constant;
    const { evaluate } = argument;
    return (context) => this.toNumber(evaluate(context));
  }

  toNumber(value: ExpressionValue): bigint | null {
    if (typeof value === "bigint" || value === null) return value;
    if (typeof value !== "string") return this.fail("got a value that is not a number");
    if (value.trim() === "") return null;
    return parseWholeNumber(value) ?? this.fail(`${quoteValue(value)} is not a whole number`);
  }

  /** A date-time, also from text in the forms of CDate; null and the empty string give null. */
  date(index: number): Evaluate<DateTimeValue | null> {
    const argument = this.arguments[index];
    if (argument === undefined) return giveNull;
    if (typeof argument.constant === "string") {
      const constant = parseDateTime(argument.constant);
      const next = `Write it like ${DATE_FORMS}.`;
      if (constant === null) this.reject("MUS-1204", `${this.#parameter(index)} is not a date`, index, next);
      return () => constant;
    }
    const { evaluate } = argument;
    return (context) => this.toDate(evaluate(context));
  }

  toDate(value: ExpressionValue): DateTimeValue | null {
    if (value === null || isDateTime(value)) return value;
    if (typeof value !== "string") return this.fail("got a value that is not a date");
    if (value.trim() === "") return null;
    return parseDateTime(value) ?? this.fail(`${quoteValue(value)} is not a date; accepted are ${DATE_FORMS}`);
  }

  /** A list; a single value counts as a list of one, null stays null. */
  list(index: number): Evaluate<readonly string[] | null> {
    const evaluate = this.any(index);
    return (context) => {
      const value = evaluate(context);
      if (value === null || isTextList(value)) return value;
      return [this.toText(value)];
    };
  }

  /** The text of an argument that its parameter declares constant; undefined where it is left out. */
  constantText(index: number): string | undefined {
    const constant = this.arguments[index]?.constant;
    return constant === undefined ? undefined : String(constant);
  }

  #parameter(index: number): string {
    return this.signature.parameters[index]?.name ?? `argument ${index + 1}`;
  }
}

function giveNull(): null {
  return null;
}

function detail(what: string, where: Where, next: string | undefined): ErrorDetail {
  return next === undefined ? { what, where } : { what, where, next };
}
