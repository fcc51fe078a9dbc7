import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect as connectTls, type TLSSocket } from "node:tls";
import fc from "fast-check";
import { SearchRequest as LdaptsSearch, PresenceFilter } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BerReader, BerWriter, MAX_MESSAGE_BYTES, messageLength, TAG } from "../../reconciler/sandbox/directory/ber.js";
import { fold } from "../../reconciler/sandbox/directory/fold.js";
import { formatGuid, formatSid, parseGuid, parseSid } from "../../reconciler/sandbox/directory/identifiers.js";
import { type Opened, openSandbox, read } from "./open-sandbox.js";

describe("BER", () => {
  it("gives back what was written, at every size of length", () => {
    const sizes = [0, 1, 127, 128, 255, 256, 65_535, 65_536, 100_000];
    fc.assert(
      fc.property(fc.constantFrom(...sizes), fc.integer(), fc.string({ unit: "grapheme" }), (size, number, text) => {
        const writer = new BerWriter();
        const end = writer.mark;
        writer.octets(Buffer.alloc(size, 7));
        writer.octets(text);
        writer.integer(number);
        writer.close(TAG.sequence, end);
        const bytes = writer.take();
        expect(messageLength(bytes)).toBe(bytes.length);
        const reader = new BerReader(bytes).enter();
        expect(reader.integer()).toBe(number);
        expect(reader.text()).toBe(text);
        expect(reader.octets().equals(Buffer.alloc(size, 7))).toBe(true);
        expect(reader.done).toBe(true);
      }),
    );
  });

  it("needs more bytes while the header is incomplete, and refuses messages that are too large", () => {
    expect(messageLength(Buffer.from([0x30]))).toBeUndefined();
    expect(messageLength(Buffer.from([0x30, 0x82, 0x01]))).toBeUndefined();
    const header = Buffer.from([0x30, 0x84, 0, 0, 0, 0]);
    header.writeUInt32BE(MAX_MESSAGE_BYTES + 1, 2);
    expect(() => messageLength(header)).toThrow(/too large/);
  });
});

describe("identifiers", () => {
  it("GUID: mixed-endian, as MS-DTYP 2.3.4.2 gives it", () => {
    const bytes = Buffer.from("8f04793fcd42774c8426835cd9f8a3ad", "hex");
    expect(formatGuid(bytes)).toBe("3f79048f-42cd-4c77-8426-835cd9f8a3ad");
    expect(parseGuid("3F79048F-42CD-4C77-8426-835CD9F8A3AD")).toEqual(bytes);
    expect(parseGuid(bytes.toString("hex"))).toEqual(bytes);
    expect(parseGuid("3f79048f")).toBeUndefined();
  });

  it("SID: S-1-5-32-544 is 01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00", () => {
    const bytes = Buffer.from("01020000000000052000000020020000", "hex");
    expect(parseSid("S-1-5-32-544")).toEqual(bytes);
    expect(formatSid(bytes)).toBe("S-1-5-32-544");
    expect(parseSid("S-1-5")).toBeUndefined();
  });

  it("text: case, diacritics and width do not count", () => {
    for (const [a, b] of [
      ["Müller", "MULLER"],
      ["Straße", "strasse"],
      ["Søren", "soren"],
      ["ＡＢＣ", "abc"],
      ["é", "e\u0301"],
    ] as const) {
      expect(fold(a)).toBe(fold(b));
    }
    expect(fold("Müller")).not.toBe(fold("Mueller"));
  });
});

describe("connection", () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await openSandbox();
  });
  afterAll(() => opened.close());

  async function raw(): Promise<TLSSocket> {
    const { sandbox } = opened;
    const socket = connectTls({
      port: Number(new URL(sandbox.url).port),
      host: "127.0.0.1",
      ca: await readFile(sandbox.caFile),
    });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    return socket;
  }

  const rootSearch = (id: number): Buffer =>
    new LdaptsSearch({
      messageId: id,
      scope: "base",
      filter: new PresenceFilter({ attribute: "objectClass" }),
      attributes: ["currentTime"],
    }).write();

  it("is cut on bytes that are not LDAP; the others go on", async () => {
    const pieces = [
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.from([0x30, 0x80, 0x00]),
      Buffer.from([0x30, 0x03, 0x02, 0x01, 0x01]),
      randomBytes(64).fill(0xff, 0, 1),
    ];
    for (const bytes of pieces) {
      const socket = await raw();
      socket.on("error", () => {});
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.write(bytes);
      await closed;
    }
    expect((await read(opened.muster, "")).supportedLDAPVersion).toBe("3");
  });

  it("reads requests that arrive in single bytes, and several that arrive at once", async () => {
    const socket = await raw();
    let received = Buffer.alloc(0);
    const answers = (): number => {
      let count = 0;
      for (let at = 0; at < received.length; count++) at += messageLength(received.subarray(at)) ?? received.length;
      return count;
    };
    const done = new Promise<void>((resolve) => {
      socket.on("data", (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (answers() === 8) resolve();
      });
    });
    for (const byte of rootSearch(1)) socket.write(Buffer.from([byte]));
    socket.write(Buffer.concat([rootSearch(2), rootSearch(3), rootSearch(4)]));
    await done;
    expect(received.toString("latin1").match(/currentTime/g)).toHaveLength(4);
    socket.destroy();
  });
});
