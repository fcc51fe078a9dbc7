import { describe, expect, it } from "vitest";
import { sharedToken } from "../../../../reconciler/targets/entra-id/token.js";
import { virtualTime } from "../../../support/virtual-time.js";

describe("a shared token", () => {
  function counted({ seconds = 3_599, failures = 0 } = {}) {
    const time = virtualTime();
    let asked = 0;
    const ask = async () => {
      asked += 1;
      await Promise.resolve();
      if (asked <= failures) throw new Error("no answer");
      return { token: `token-${asked}`, lifetimeMs: seconds * 1_000 };
    };
    return { source: sharedToken(ask, time.clock), time };
  }

  it("is asked for once by those who ask together", async () => {
    const { source } = counted();
    expect(await Promise.all([source.token(), source.token(), source.token()])).toEqual(Array(3).fill("token-1"));
  });

  it("is kept until five minutes before its end", async () => {
    const { source, time } = counted();
    await source.token();
    time.advance((3_599 - 301) * 1_000);
    expect(await source.token()).toBe("token-1");
    time.advance(1_000);
    expect(await source.token()).toBe("token-2");
  });

  it("is kept for half of its life when that is short", async () => {
    const { source, time } = counted({ seconds: 60 });
    await source.token();
    time.advance(29_000);
    expect(await source.token()).toBe("token-1");
    time.advance(1_000);
    expect(await source.token()).toBe("token-2");
  });

  it("is asked for anew when it was refused, and once, however many were refused", async () => {
    const { source } = counted();
    const first = await source.token();
    source.reject(first);
    expect(await source.token()).toBe("token-2");
    source.reject(first);
    expect(await source.token()).toBe("token-2");
  });

  it("is asked for again after a failure", async () => {
    const { source } = counted({ failures: 1 });
    await expect(source.token()).rejects.toThrow("no answer");
    expect(await source.token()).toBe("token-2");
  });
});
