import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeGuid,
  decodeValue,
  encodeGuid,
  encodeValue,
  swapChanges,
} from "../../../reconciler/targets/active-directory/codec.js";
import { passwordChange } from "../../../reconciler/targets/active-directory/password-change.js";
import { randomPassword } from "../../../reconciler/targets/secrets/password.js";
import { mapConcurrently, mergeLanes } from "../../../reconciler/targets/stream.js";

describe("codec", () => {
  it("shows objectGUID as Windows does (MS-DTYP 2.3.4.3): three fields little-endian", () => {
    const bytes = Buffer.from("00112233445566778899aabbccddeeff", "hex");
    expect(decodeGuid(bytes)).toBe("33221100-5544-7766-8899-aabbccddeeff");
    expect(encodeGuid("33221100-5544-7766-8899-aabbccddeeff")).toEqual(bytes);
  });

  it("reads values by the syntax of the attribute, whatever its case", () => {
    const text = (value: string) => [Buffer.from(value)];
    expect(decodeValue("title", text("Engineer"))).toBe("Engineer");
    expect(decodeValue("Title", [])).toBeUndefined();
    expect(decodeValue("otherTelephone", text("1"))).toEqual(["1"]);
    expect(decodeValue("MANAGER", text("CN=a,DC=x"))).toEqual({ dn: "CN=a,DC=x" });
    expect(decodeValue("msExchHideFromAddressLists", text("TRUE"))).toBe(true);
    expect(decodeValue("extensionAttribute1", text("TRUE"))).toBe("TRUE");
    expect(decodeValue("objectSid", text("abc"))).toEqual(Uint8Array.from(Buffer.from("abc")));
    expect(decodeValue("info", [Buffer.from([0xff, 0xfe])])).toEqual(Uint8Array.from([0xff, 0xfe]));
  });

  it("keeps a byte order mark, so that a compare-and-swap finds the value again", () => {
    expect(decodeValue("info", [Buffer.from("\ufeffx")])).toBe("\ufeffx");
  });

  it("is its own inverse for text and lists", () => {
    const string = fc.string({ minLength: 1, unit: "grapheme" });
    fc.assert(
      fc.property(string, (value) => {
        expect(decodeValue("info", encodeValue(value))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.array(string, { minLength: 1 }), (list) => {
        expect(decodeValue("url", encodeValue(list))).toEqual(list);
      }),
    );
  });

  it("swaps only what differs: exact old values go, new ones come", () => {
    const shown = swapChanges("url", ["a", "b"], ["b", "c"]).map((change) => [
      change.operation,
      change.modification.values.map(String),
    ]);
    expect(shown).toEqual([
      ["delete", ["a"]],
      ["add", ["c"]],
    ]);
    expect(swapChanges("title", null, "x").map((change) => change.operation)).toEqual(["add"]);
    expect(swapChanges("title", "x", null).map((change) => change.operation)).toEqual(["delete"]);
    expect(swapChanges("title", "x", "X").map((change) => change.operation)).toEqual(["delete", "add"]);
  });
});

describe("passwords", () => {
  it("have at least 24 characters and all categories of the strictest policy, every time", () => {
    for (let i = 0; i < 500; i++) {
      const password = randomPassword();
      expect(password.length).toBeGreaterThanOrEqual(24);
      for (const category of [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/]) expect(password).toMatch(category);
    }
  });

  it("never hold a part of a name (MS-SAMR 3.1.1.7.2), and differ", () => {
    const seen = new Set(Array.from({ length: 300 }, () => randomPassword(["abc", "Zoe Ann-Marie"])));
    expect(seen.size).toBe(300);
    for (const password of seen) expect(password).not.toMatch(/abc|zoe|ann|marie/i);
  });

  it("are quoted UTF-16LE in the change, and cannot be printed from it", () => {
    const change = passwordChange("Secret-1");
    const [value] = change.modification.values;
    expect((value as Buffer).toString("utf16le")).toBe('"Secret-1"');
    expect(JSON.stringify(change)).toBe('{"operation":"replace","modification":{"type":"unicodePwd"}}');
  });
});

describe("streams", () => {
  it("run no more lanes at a time than the limit, and lose nothing", async () => {
    let running = 0;
    let most = 0;
    async function* lane(name: number) {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield name;
      yield name + 100;
      running -= 1;
    }
    const out: number[] = [];
    for await (const item of mergeLanes([0, 1, 2, 3, 4, 5, 6].map(lane), 3)) out.push(item);
    expect(out.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 100, 101, 102, 103, 104, 105, 106]);
    expect(most).toBe(3);
  });

  it("yield what came before an error, then throw it", async () => {
    async function* bad() {
      yield 1;
      throw new Error("broken");
    }
    const out: number[] = [];
    const read = async () => {
      for await (const item of mergeLanes([bad()], 1)) out.push(item);
    };
    await expect(read()).rejects.toThrow("broken");
    expect(out).toEqual([1]);
  });

  it("keep the order of results", async () => {
    const wait = (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms));
    expect(await mapConcurrently([5, 1, 3], 3, wait)).toEqual([5, 1, 3]);
  });
});
