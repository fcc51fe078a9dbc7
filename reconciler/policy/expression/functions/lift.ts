/** From functions on plain values to closures. The rule of the language: a null argument gives null. */
import type { Call } from "../call.js";
import type { Evaluate } from "../signature.js";
import type { ExpressionValue } from "../value.js";

/** Reads one argument and applies; null gives null. */
export function lift1<A>(a: Evaluate<A | null>, apply: (a: A) => ExpressionValue): Evaluate {
  return (context) => {
    const x = a(context);
    return x === null ? null : apply(x);
  };
}

/** Reads two arguments and applies; a null among them gives null. */
export function lift2<A, B>(
  a: Evaluate<A | null>,
  b: Evaluate<B | null>,
  apply: (a: A, b: B) => ExpressionValue,
): Evaluate {
  return (context) => {
    const x = a(context);
    if (x === null) return null;
    const y = b(context);
    return y === null ? null : apply(x, y);
  };
}

/** Reads three arguments and applies; a null among them gives null. */
export function lift3<A, B, C>(
  a: Evaluate<A | null>,
  b: Evaluate<B | null>,
  c: Evaluate<C | null>,
  apply: (a: A, b: B, c: C) => ExpressionValue,
): Evaluate {
  return (context) => {
    const x = a(context);
    if (x === null) return null;
    const y = b(context);
    const z = c(context);
    return y === null || z === null ? null : apply(x, y, z);
  };
}

/** A function of one text: null gives null. */
export function textFunction(apply: (text: string) => ExpressionValue): (call: Call) => Evaluate {
  return (call) => lift1(call.text(0), apply);
}
