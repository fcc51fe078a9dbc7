/** Recognises what is saved in an export's place when a login, a report server or a person went wrong. */

const BINARY: readonly (readonly [signature: readonly number[], name: string])[] = [
  [[0x25, 0x50, 0x44, 0x46, 0x2d], "a PDF document"],
  [[0x50, 0x4b, 0x03, 0x04], "a ZIP archive (an Excel workbook .xlsx is one, too)"],
  [[0x50, 0x4b, 0x05, 0x06], "an empty ZIP archive"],
  [[0xd0, 0xcf, 0x11, 0xe0], "an old Excel workbook (.xls)"],
  [[0x1f, 0x8b], "a gzip archive"],
];

const TEXT: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^\s*(?:<!--[\s\S]*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i, "an HTML page"],
  [/^\s*<(?:\?xml|!doctype|[a-z_][\w:.-]*[\s/>])/i, "an XML document"],
  [/^\s*(?:\{\s*["}]|\[\s*[[{"\]])/, "a JSON document"],
];

/** What the bytes are if they are a known binary format, else null. */
export function sniffBytes(bytes: Uint8Array): string | null {
  return BINARY.find(([signature]) => signature.every((byte, i) => bytes[i] === byte))?.[1] ?? null;
}

/** What the text is if it is a web page, XML or JSON, else null. Looks at the beginning only. */
export function sniffText(text: string): string | null {
  const head = text.slice(0, 4096);
  return TEXT.find(([pattern]) => pattern.test(head))?.[1] ?? null;
}
