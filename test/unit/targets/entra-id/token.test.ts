import { describe, expect, it } from "vitest";
import { sharedToken } from "../../../../reconciler/targets/entra-id/token.js";

describe("a shared token", () => {
  function counted(fail = false) {
    const asked: boolean[] = [];
    const source = sharedToken(async ({ fresh }) => {
      asked.push(fresh);
      await Promise.resolve();
      if (fail && asked.length === 1) throw new Error("no answer");
      return `token-${asked.length}`;
    });
    return { source, asked };
  }

  it("is asked for once by those who ask together", async () => {
    const { source, asked } = counted();
    expect(await Promise.all([source.token(), source.token(), source.token()])).toEqual(Array(3).fill("token-1"));
    expect(asked).toEqual([false]);
  });

  it("is asked for anew when it was refused, and once, however many were refused", async () => {
    const { source, asked } = counted();
    const first = await source.token();
    source.reject(first);
    const second = await source.token();
    source.reject(first);
    await source.token();
    expect(second).toBe("token-2");
    expect(asked).toEqual([false, true, false]);
  });

  it("is asked for again after a failure", async () => {
    const { source, asked } = counted(true);
    await expect(source.token()).rejects.toThrow("no answer");
    expect(await source.token()).toBe("token-2");
    expect(asked).toEqual([false, false]);
  });
});
