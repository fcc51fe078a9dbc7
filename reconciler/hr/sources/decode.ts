/**
 * Bytes to text, strictly: a letter that cannot be decoded would become a wrong name in a directory, so that nothing is
 * replaced in silence. U+FFFD in the result is an error wherever it comes from, as is a lone half of a UTF-16 pair and a
 * NUL, which no HR system means. A byte order mark is dropped where it fits the encoding and is an error where it does not.
 */
import iconv from "iconv-lite";
import { MusterError, type Where } from "../../support/errors.js";
import { MAX_EXPORT_BYTES } from "../../support/limits.js";

interface ByteOrderMark {
  readonly bytes: readonly number[];
  readonly encoding: string;
}

/** UTF-32 LE before UTF-16 LE, whose mark it begins with. */
const MARKS: readonly ByteOrderMark[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: "utf8" },
  { bytes: [0xff, 0xfe, 0x00, 0x00], encoding: "utf32le" },
  { bytes: [0xff, 0xfe], encoding: "utf16le" },
  { bytes: [0xfe, 0xff], encoding: "utf16be" },
];

/** Names that iconv-lite accepts and that are no character encodings. */
const NOT_TEXT = new Set(["base64", "hex", "binary", "buffer", "utf7", "utf7imap"]);

/** U+FFFD, a lone surrogate, NUL. */
const UNDECODABLE = /[\uFFFD\0\p{Surrogate}]/u;

/**
 * Decodes an export. `policy` is where the Source names the encoding.
 * Throws MUS-1110 for an encoding that does not exist, MUS-2001 for a file that is too large, MUS-2004 for anything that
 * does not decode, with the row, the line and the offset of the first byte concerned.
 */
export function decodeExport(
  bytes: Uint8Array,
  options: { readonly encoding: string; readonly quote: string; readonly file: string; readonly policy: Where },
): string {
  const name = normalise(options.encoding);
  if (NOT_TEXT.has(name) || (name !== "utf16" && !iconv.encodingExists(name)))
    throw new MusterError("MUS-1110", {
      what: `There is no encoding ${JSON.stringify(options.encoding)}`,
      where: options.policy,
      next: "Name an encoding such as utf-8, windows-1252, iso-8859-15 or utf-16le.",
    });
  if (bytes.length > MAX_EXPORT_BYTES) throw tooLarge(bytes, options.file);
  const mark = MARKS.find((m) => m.bytes.every((byte, i) => bytes[i] === byte));
  const encoding = name === "utf16" ? (mark?.encoding ?? name) : name;
  checkMark(encoding, mark, options);
  const skipped = mark?.bytes.length ?? 0;
  const body = Buffer.from(bytes.buffer, bytes.byteOffset + skipped, bytes.length - skipped);
  if (encoding.startsWith("utf16") && body.length % 2 === 1)
    throw wrongEncoding(
      options.file,
      `The file is ${options.encoding} and has an odd number of bytes: its end is cut off`,
    );
  const text = decodeText(body, encoding, options.file);
  checkText(text, encoding, skipped, options);
  return text;
}

/** As iconv-lite compares names; `ucs-2` is the old name of utf-16le. */
function normalise(encoding: string): string {
  const name = encoding.toLowerCase().replace(/[^a-z0-9]/g, "");
  return name === "ucs2" ? "utf16le" : name;
}

function decodeText(body: Buffer, encoding: string, file: string): string {
  try {
    return iconv.decode(body, encoding, { stripBOM: false });
  } catch (cause) {
    // The longest string of V8 is below MAX_EXPORT_BYTES.
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_STRING_TOO_LONG") throw tooLarge(body, file);
    throw cause;
  }
}

function checkMark(
  encoding: string,
  mark: ByteOrderMark | undefined,
  options: { readonly encoding: string; readonly file: string },
): void {
  if (encoding === "utf16")
    throw wrongEncoding(options.file, "The file has no byte order mark; the Source must say utf-16le or utf-16be");
  if (mark !== undefined && mark.encoding !== encoding)
    throw wrongEncoding(
      options.file,
      `The file begins with the byte order mark of ${mark.encoding.replace("utf", "utf-")}, but the Source says ${options.encoding}`,
    );
}

function checkText(
  text: string,
  encoding: string,
  skipped: number,
  options: { readonly encoding: string; readonly quote: string; readonly file: string },
): void {
  const at = text.search(UNDECODABLE);
  if (at === -1) return;
  const before = text.slice(0, at);
  const { row, line } = placeOf(before, options.quote);
  const offset = skipped + iconv.encode(before, encoding, { addBOM: false }).length;
  const nul = text[at] === "\0";
  const hint =
    nul && /^(?:[^\0]\0){4}/.test(text.slice(0, 8)) ? "; the file looks like utf-16le without a byte order mark" : "";
  const what = nul ? "a NUL byte" : `a byte that is not ${options.encoding}, or a letter that was lost before`;
  throw new MusterError("MUS-2004", {
    what: `Row ${row}: ${what}, at byte offset ${offset}${hint}`,
    where: { file: options.file, line },
  });
}

/** Row (a quoted line break does not end it) and line of the character after a text; both count from 1. */
function placeOf(before: string, quote: string): { row: number; line: number } {
  let row = 1;
  let line = 1;
  let quoted = false;
  for (let i = 0; i < before.length; i++) {
    const char = before[i];
    if (char === quote) quoted = !quoted;
    if (char !== "\n" && (char !== "\r" || before[i + 1] === "\n")) continue;
    line++;
    if (!quoted) row++;
  }
  return { row, line };
}

function wrongEncoding(file: string, what: string): MusterError {
  return new MusterError("MUS-2004", { what, where: { file } });
}

function tooLarge(bytes: Uint8Array, file: string): MusterError {
  return new MusterError("MUS-2001", {
    what: `The export has ${bytes.length} bytes, more than can be read`,
    where: { file },
    next: "Export fewer columns, or split the source into several.",
  });
}
