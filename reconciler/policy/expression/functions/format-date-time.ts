/** FormatDateTime: formats are compiled when the expression is checked. */
import type { Call } from "../call.js";
import { type DateToken, hasLetter, tokenizeDateFormat } from "../date-format.js";
import { printDate } from "../date-print.js";
import { type ReadStyles, readDate } from "../date-read.js";
import type { Evaluate } from "../signature.js";
import { quoteValue } from "../value.js";

const STYLES = 1;
const INPUT = 2;
const OUTPUT = 3;

/** Without styles: what Entra documents, blanks before and after are allowed. */
const DEFAULT_STYLES: ReadStyles = { leading: true, trailing: true, inner: false };
/** On a host in UTC the styles about zones change nothing, since every result is in UTC. */
const STYLE_NAMES: ReadonlyMap<string, Partial<ReadStyles>> = new Map([
  ["None", {}],
  ["AllowLeadingWhite", { leading: true }],
  ["AllowTrailingWhite", { trailing: true }],
  ["AllowInnerWhite", { inner: true }],
  ["AllowWhiteSpaces", { leading: true, trailing: true, inner: true }],
  ["AdjustToUniversal", {}],
  ["AssumeLocal", {}],
  ["AssumeUniversal", {}],
  ["NoCurrentDateDefault", {}],
  ["RoundtripKind", {}],
]);

export function compileFormatDateTime(call: Call): Evaluate {
  const source = call.text(0);
  const styles = readStyles(call);
  const inputFormat = call.constantText(INPUT) ?? "";
  const input = tokenizeDateFormat(inputFormat, (what) => call.reject("MUS-1204", what, INPUT));
  const output = tokenizeDateFormat(call.constantText(OUTPUT) ?? "", (what) => call.reject("MUS-1204", what, OUTPUT));
  checkPair(call, input, output);
  return (context) => {
    const text = source(context);
    if (text === null || text.trim() === "") return null;
    const date = readDate(input, text, styles);
    if (date === null) return call.fail(`${quoteValue(text)} does not have the format ${quoteValue(inputFormat)}`);
    return printDate(output, date.value, date.offset);
  };
}

function readStyles(call: Call): ReadStyles {
  const written = call.constantText(STYLES);
  if (written === undefined || written.trim() === "") return DEFAULT_STYLES;
  let styles: ReadStyles = { leading: false, trailing: false, inner: false };
  for (const name of written.split(",")) {
    const style = STYLE_NAMES.get(name.trim());
    if (style === undefined)
      return call.reject("MUS-1204", `"${name.trim()}" is not one of ${[...STYLE_NAMES.keys()].join(", ")}`, STYLES);
    styles = { ...styles, ...style };
  }
  return styles;
}

/** .NET would take what the text leaves out from the present day; a plan must not depend on it. */
function checkPair(call: Call, input: readonly DateToken[], output: readonly DateToken[]): void {
  const readsDate = hasLetter(input, "Md");
  if (!hasLetter(input, "y") && (readsDate || hasLetter(output, "yMd")))
    call.reject("MUS-1204", "the input format has no year, and the present year is not known to a plan", INPUT);
  if (hasLetter(input, "Kz") && !hasLetter(output, "Kz"))
    call.warn(
      "the input has an offset and the output has none: the value is converted to UTC, which can shift the day",
      OUTPUT,
    );
}
