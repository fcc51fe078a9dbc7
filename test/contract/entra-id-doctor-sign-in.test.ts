/** From the network to the token, over HTTPS: what stands in the way is named, and the examination ends there. */
import { readFileSync } from "node:fs";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Check } from "../../reconciler/model/check.js";
import type { Credential } from "../../reconciler/targets/entra-id/credentials.js";
import { githubAssertion } from "../../reconciler/targets/entra-id/github-assertion.js";
import { type EntraIdOptions, EntraIdTarget } from "../../reconciler/targets/entra-id/target.js";
import { openTransport } from "../../reconciler/targets/entra-id/transport.js";
import { needsOf } from "../support/entra-needs.js";
import { githubIssuer } from "../support/github-issuer.js";
import { type TenantHarness, tenantHarness } from "./harness-tenant.js";

const github = githubIssuer();
let h: TenantHarness;
let secret: Credential;
let registered: string;
let stranger: string;

beforeAll(async () => {
  const valid = () => {
    const now = Date.now();
    return { notBeforeDate: new Date(now - 86_400_000), notAfterDate: new Date(now + 365 * 86_400_000) };
  };
  const made = await generate([{ name: "commonName", value: "muster" }], valid());
  const other = await generate([{ name: "commonName", value: "other" }], valid());
  registered = `${made.private}\n${made.cert}`;
  stranger = `${other.private}\n${other.cert}`;
  // Assertions are signed by the machine's clock.
  h = await tenantHarness({ tenant: { certificates: [made.cert], trusts: [github], now: Date.now } });
  const text = readFileSync(h.tenant.clientSecretFile, "utf8").trim();
  secret = { kind: "secret", clientId: h.tenant.clientId, secret: text };
});
afterAll(() => h.close());

async function examined(options: Partial<EntraIdOptions>, now = Date.now()): Promise<readonly Check[]> {
  const { tokens: _given, surroundings: _time, ...settings } = h.driver;
  const target = new EntraIdTarget({ ...settings, authority: h.tenant.authority, credential: secret, ...options });
  return target.examine(needsOf({ role: "reader" }), { now: () => now });
}

function problems(checks: readonly Check[]): string[] {
  return checks.filter(({ level }) => level === "problem").map(({ topic, what }) => `${topic}: ${what}`);
}

const topics = (checks: readonly Check[]) => new Set(checks.map(({ topic }) => topic));

describe("the network", () => {
  test("an authority that nobody vouches for is named with caFile as the remedy", async () => {
    const { cert } = await generate([{ name: "commonName", value: "another" }]);
    const checks = await examined({ ca: cert });
    const [connect] = checks.filter(({ topic }) => topic === "connect");
    expect(connect).toMatchObject({ level: "problem", subject: h.tenant.url });
    expect(connect?.remedy).toContain("caFile");
    expect(topics(checks)).toEqual(new Set(["connect", "credential", "sign-in"]));
  });

  test("a port that nobody listens on, and a name that nobody has", async () => {
    const checks = await examined({ graph: "https://127.0.0.1:1", authority: "https://nobody.invalid" });
    const remedies = checks
      .filter(({ topic }) => topic === "connect")
      .map(({ subject, remedy }) => `${subject} ${remedy}`);
    expect(remedies).toEqual([
      expect.stringMatching(/^https:\/\/nobody\.invalid .*name resolution/),
      expect.stringMatching(/^https:\/\/127\.0\.0\.1:1 .*port 443/),
    ]);
  });

  test("a clock that is wrong", async () => {
    const clock = (checks: readonly Check[]) => checks.find(({ topic }) => topic === "clock")?.level;
    expect(clock(await examined({}))).toBe("ok");
    expect(clock(await examined({}, Date.now() - 120_000))).toBe("warning");
    expect(clock(await examined({}, Date.now() + 600_000))).toBe("problem");
  });
});

describe("signing in", () => {
  test("with each credential that the tenant knows", async () => {
    expect(problems(await examined({}))).toEqual([]);
    const checks = await examined({
      credential: { kind: "certificate", clientId: h.tenant.clientId, pem: registered },
    });
    expect(problems(checks)).toEqual([]);
    expect(checks.find(({ topic }) => topic === "credential")?.what).toBe("the certificate ends in 364 days");
    expect(problems(await examined({ credential: job() }))).toEqual([]);
  });

  const client = () => h.tenant.clientId;
  const job = (claims = {}): Credential => ({
    kind: "federated",
    clientId: client(),
    assertion: async () => github.token(claims),
  });
  test.each<[string, () => Partial<EntraIdOptions>, RegExp, RegExp]>([
    [
      "a wrong secret",
      () => ({ credential: { kind: "secret", clientId: client(), secret: "wrong" } }),
      /client secret is wrong \(AADSTS7000215\)/,
      /secret's value/,
    ],
    [
      "a certificate that is not registered",
      () => ({ credential: { kind: "certificate", clientId: client(), pem: stranger } }),
      /certificate is not registered/,
      /Upload the certificate/,
    ],
    [
      "an application that the tenant does not have",
      () => ({ credential: { ...secret, clientId: "9b6f2c1e-0f7d-4c39-8a54-6f2a4f7f1d22" } as Credential }),
      /does not know the application \(AADSTS700016\)/,
      /clientId and tenant/,
    ],
    [
      "a tenant that is not there",
      () => ({ tenant: "9b6f2c1e-0f7d-4c39-8a54-6f2a4f7f1d22" }),
      /or it has no such tenant/,
      /authority, tenant and caFile/,
    ],
    [
      "a job of another environment",
      () => ({ credential: job({ sub: "repo:contoso/identities:environment:other" }) }),
      /has this subject \(AADSTS700213\)/,
      /Federated credentials/,
    ],
    [
      "no job of GitHub",
      () => ({
        credential: {
          kind: "federated",
          clientId: client(),
          assertion: githubAssertion("entra", () => undefined, openTransport()),
        },
      }),
      /GitHub gives this job no token/,
      /id-token: write/,
    ],
  ])("with %s is a problem that says what to do, and the end", async (_what, options, what, remedy) => {
    const checks = await examined(options());
    const [signIn, ...others] = checks.filter(({ level }) => level === "problem");
    expect(others).toEqual([]);
    expect(signIn).toMatchObject({ topic: "sign-in" });
    expect(signIn?.what).toMatch(what);
    expect(signIn?.remedy).toMatch(remedy);
    expect(topics(checks)).toEqual(new Set(["connect", "tls", "credential", "sign-in"]));
  });
});
