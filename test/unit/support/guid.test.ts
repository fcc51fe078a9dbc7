import { expect, it } from "vitest";
import { guidBytes } from "../../../reconciler/support/guid.js";

it("stores the first three fields of a GUID little-endian (MS-DTYP 2.3.4.2)", () => {
  const bytes = guidBytes("00112233-4455-6677-8899-aabbccddeeff");
  expect(Buffer.from(bytes).toString("hex")).toBe("33221100554477668899aabbccddeeff");
});
