import { describe, expect, it } from "vitest";
import { primaryOf, withPrimary } from "../../../reconciler/plan/address-list.js";

describe("an address list", () => {
  it("begins with its primary address", () => {
    expect(withPrimary(null, "a@x.example", [])).toEqual(["SMTP:a@x.example"]);
  });

  it("keeps the address that was primary as an alias, and everything of other kinds", () => {
    const before = ["SMTP:old@x.example", "smtp:other@x.example", "X500:/o=x", "SIP:old@x.example"];
    expect(new Set(withPrimary(before, "new@x.example", []))).toEqual(
      new Set(["SMTP:new@x.example", "smtp:old@x.example", "smtp:other@x.example", "X500:/o=x", "SIP:old@x.example"]),
    );
  });

  it("makes an alias primary, and compares without case", () => {
    expect(new Set(withPrimary(["SMTP:a@x.example", "smtp:B@X.example"], "b@x.example", []))).toEqual(
      new Set(["SMTP:b@x.example", "smtp:a@x.example"]),
    );
    expect(withPrimary(["SMTP:A@x.example"], "a@x.example", [])).toEqual(["SMTP:A@x.example"]);
  });

  it("adds an old mail address once", () => {
    expect(withPrimary(["SMTP:Old@x.example"], "new@x.example", ["old@x.example"])).toEqual([
      "SMTP:new@x.example",
      "smtp:Old@x.example",
    ]);
    expect(primaryOf(["smtp:a@x.example", "SMTP:B@x.example"])).toBe("smtp:b@x.example");
  });
});
