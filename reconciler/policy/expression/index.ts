/** The expression language of mappings; expression.ts says how it works. */
export type { ExpressionWarning } from "./compile.js";
export { type Expression, type ParseOptions, parseExpression } from "./expression.js";
export { listFunctions } from "./functions/index.js";
export { compilePattern, type TextPattern } from "./pattern.js";
export type { ExpressionPosition } from "./position.js";
export { suggestQuoted } from "./quote.js";
export type { Parameter, Signature } from "./signature.js";
export { toText } from "./to-text.js";
export type { DateTimeValue, Environment, ExpressionValue, OperandValue } from "./value.js";
