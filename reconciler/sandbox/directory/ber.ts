/**
 * The part of BER (X.690) that LDAP uses (RFC 4511 section 5.1: definite lengths, one-byte tags). ldapts reads values as
 * UTF-8 text, which destroys the binary ones of filters (objectGUID), so the server decodes messages itself.
 */

/** Tags of universal types. */
export const TAG = { boolean: 0x01, integer: 0x02, octets: 0x04, enumerated: 0x0a, sequence: 0x30, set: 0x31 } as const;

/** Largest request that is read, in bytes; a domain controller's default (MaxReceiveBuffer) is 10 MiB. */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

/** The bytes are not BER, or not the type that was expected. */
export class BerError extends Error {}

/** Reads one level of BER; nested types are read by the readers that `enter` gives. */
export class BerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next element's tag, or undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The content of the next element, whose tag must be `tag`. */
  octets(tag: number = TAG.octets): Buffer {
    if (this.peek() !== tag) throw new BerError(`expected tag ${tag}, found ${this.peek() ?? "the end"}`);
    const header = readHeader(this.#bytes, this.#at);
    if (header === undefined || header.end > this.#bytes.length) throw new BerError("element is cut off");
    this.#at = header.end;
    return this.#bytes.subarray(header.start, header.end);
  }

  text(tag: number = TAG.octets): string {
    return this.octets(tag).toString("utf8");
  }

  integer(tag: number = TAG.integer): number {
    const bytes = this.octets(tag);
    if (bytes.length === 0 || bytes.length > 6) throw new BerError("integer of unsupported length");
    return bytes.readIntBE(0, bytes.length);
  }

  boolean(tag: number = TAG.boolean): boolean {
    return this.octets(tag)[0] !== 0;
  }

  enter(tag: number = TAG.sequence): BerReader {
    return new BerReader(this.octets(tag));
  }
}

function readHeader(bytes: Buffer, at: number): { start: number; end: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new BerError("unsupported length");
  if (bytes.length < at + 2 + count) return undefined;
  const start = at + 2 + count;
  return { start, end: start + bytes.readUIntBE(at + 2, count) };
}

/** Length of the message that starts the buffer, undefined while its header is incomplete. Throws when too large. */
export function messageLength(buffer: Buffer): number | undefined {
  if (buffer.length > 0 && buffer[0] !== TAG.sequence) throw new BerError("not an LDAP message");
  const header = readHeader(buffer, 0);
  if (header !== undefined && header.end > MAX_MESSAGE_BYTES) throw new BerError("message is too large");
  return header?.end;
}

/**
 * Writes a message from its end to its beginning: when a header is due, the length of what follows is known, and nothing is
 * copied into the element around it. So whatever comes last in the message is written first.
 */
export class BerWriter {
  #bytes = Buffer.allocUnsafe(4096);
  #at = this.#bytes.length;

  /** Bytes written so far: the mark that `close` takes. */
  get mark(): number {
    return this.#bytes.length - this.#at;
  }

  octets(value: string | Buffer, tag: number = TAG.octets): void {
    const size = typeof value === "string" ? Buffer.byteLength(value, "utf8") : value.length;
    this.#reserve(size);
    if (typeof value === "string") this.#bytes.write(value, this.#at, "utf8");
    else value.copy(this.#bytes, this.#at);
    this.#header(tag, size);
  }

  integer(value: number, tag: number = TAG.integer): void {
    let size = 1;
    while (size < 6 && (value < -(2 ** (8 * size - 1)) || value >= 2 ** (8 * size - 1))) size++;
    this.#reserve(size);
    this.#bytes.writeIntBE(value, this.#at, size);
    this.#header(tag, size);
  }

  /** Elements that are encoded already. */
  raw(bytes: Buffer): void {
    this.#reserve(bytes.length);
    bytes.copy(this.#bytes, this.#at);
  }

  /** Makes everything written since the mark the content of one element. */
  close(tag: number, mark: number): void {
    this.#header(tag, this.mark - mark);
  }

  /** What was written, as bytes of its own; the writer is empty then. */
  take(): Buffer {
    const out = Buffer.from(this.#bytes.subarray(this.#at));
    this.#at = this.#bytes.length;
    return out;
  }

  #header(tag: number, length: number): void {
    const count = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
    this.#reserve(2 + count);
    this.#bytes[this.#at] = tag;
    this.#bytes[this.#at + 1] = count === 0 ? length : 0x80 | count;
    if (count > 0) this.#bytes.writeUIntBE(length, this.#at + 2, count);
  }

  /** Moves the beginning back by `size` bytes. */
  #reserve(size: number): void {
    if (size > this.#at) {
      const used = this.mark;
      const larger = Buffer.allocUnsafe(2 * (used + size) + 4096);
      this.#bytes.copy(larger, larger.length - used, this.#at);
      this.#bytes = larger;
      this.#at = larger.length - used;
    }
    this.#at -= size;
  }
}
