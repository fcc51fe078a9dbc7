import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import type { Target } from "../../../reconciler/model/files/index.js";
import { MusterError } from "../../../reconciler/support/errors.js";
import { capabilitiesOf, openTarget, timeoutsOf } from "../../../reconciler/targets/open.js";

const DOCUMENT: Target = {
  apiVersion: "muster/v1",
  kind: "Target",
  name: "corp-ad",
  type: "active-directory",
  url: "env:MUSTER_AD_URL",
  bind: { user: "env:MUSTER_AD_USER", password: "env:MUSTER_AD_PASSWORD" },
  base: "DC=corp,DC=example",
  managed: { accounts: ["OU=People,DC=corp,DC=example"] },
  claim: "employeeNumber",
};
const VARIABLES: Record<string, string> = {
  MUSTER_AD_URL: "ldaps://dc1.corp.example",
  MUSTER_AD_USER: "svc-muster@corp.example",
  MUSTER_AD_PASSWORD: "secret",
  HOME: "/root",
};
const environment = (name: string) => VARIABLES[name];

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof MusterError) return error.code;
    throw error;
  }
  return "no error";
}

describe("openTarget", () => {
  it("resolves references and does not connect yet", () => {
    const port = openTarget(DOCUMENT, environment);
    expect(port.name).toBe("corp-ad");
    expect(port.capabilities).toBe(capabilitiesOf("active-directory"));
  });

  it("reads no variable whose name does not begin with MUSTER_", () => {
    const asked: string[] = [];
    const spy = (name: string) => {
      asked.push(name);
      return VARIABLES[name];
    };
    expect(codeOf(() => openTarget({ ...DOCUMENT, base: "env:HOME" }, spy))).toBe("MUS-1107");
    expect(asked).not.toContain("HOME");
  });

  it("names a variable that is not set, and a setting that is missing, without the values of others", () => {
    const without = (name: string) => (name === "MUSTER_AD_PASSWORD" ? undefined : VARIABLES[name]);
    expect(() => openTarget(DOCUMENT, without)).toThrow(/MUSTER_AD_PASSWORD/);
    const { base: _, ...incomplete } = DOCUMENT;
    expect(codeOf(() => openTarget(incomplete, environment))).toBe("MUS-1107");
  });

  it("reports a CA file that is not there", () => {
    expect(codeOf(() => openTarget({ ...DOCUMENT, caFile: "/nonexistent/ca.pem" }, environment))).toBe("MUS-5001");
  });

  it("takes several addresses, each a literal or a reference, and names the one that is not set", () => {
    const url: [string, ...string[]] = ["env:MUSTER_AD_URL", "env:MUSTER_SECOND_DC"];
    expect(() => openTarget({ ...DOCUMENT, url }, environment)).toThrow(/MUSTER_SECOND_DC/);
    const both = (name: string) => (name === "MUSTER_SECOND_DC" ? "ldaps://dc2.corp.example" : VARIABLES[name]);
    expect(openTarget({ ...DOCUMENT, url }, both).name).toBe("corp-ad");
    const { url: _, ...without } = DOCUMENT;
    expect(codeOf(() => openTarget(without, environment))).toBe("MUS-1107");
  });

  it("waits as long as the Target says", async () => {
    expect(timeoutsOf(DOCUMENT)).toEqual({ connectTimeout: undefined, operationTimeout: undefined });
    const timeouts = { connect: "5s", operation: "2m" };
    expect(timeoutsOf({ ...DOCUMENT, timeouts })).toEqual({ connectTimeout: 5000, operationTimeout: 120_000 });
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const url = `ldaps://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const port = openTarget({ ...DOCUMENT, url, timeouts: { connect: "1s" } }, environment);
    await expect(port.open("reader")).rejects.toMatchObject({
      code: "MUS-5001",
      what: expect.stringContaining("1000 ms"),
    });
    silent.close();
  });

  it("opens a memory target with the same kind of capabilities", async () => {
    const { url: _, bind: __, ...rest } = DOCUMENT;
    const port = openTarget({ ...rest, type: "memory" }, environment);
    await port.open("reader");
    const { containers } = await port.observe({ attributes: [], groups: [] });
    expect(containers).toContain("OU=People,DC=corp,DC=example");
    expect(port.capabilities).toEqual(capabilitiesOf("memory"));
  });
});
