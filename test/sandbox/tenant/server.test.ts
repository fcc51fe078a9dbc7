/** Over HTTPS: what @azure/identity and curl need, and what survives a restart. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } from "@azure/identity";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { INITIAL_DOMAIN } from "../../../reconciler/sandbox/tenant/seed.js";
import { startTenant, type Tenant } from "../../../reconciler/sandbox/tenant-server.js";
import { githubIssuer } from "../../support/github-issuer.js";
import { DOMAIN, openTenant } from "./open-tenant.js";

const SCOPE = "https://graph.microsoft.com/.default";
const run = promisify(execFile);

describe("signing in", () => {
  const github = githubIssuer();
  let folder: string;
  let tenant: Tenant;
  let pem: string;
  let options: { authorityHost: string; disableInstanceDiscovery: true; tlsOptions: { ca: string } };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-tenant-"));
    const made = await generate([{ name: "commonName", value: "muster" }], {
      keyType: "rsa",
      keySize: 2048,
      algorithm: "sha256",
    });
    pem = `${made.private}\n${made.cert}`;
    tenant = await startTenant({
      folder,
      seed: "default",
      fsync: "never",
      certificates: [made.cert],
      trusts: [github],
    });
    const ca = await readFile(tenant.caFile, "utf8");
    options = { authorityHost: tenant.authority, disableInstanceDiscovery: true, tlsOptions: { ca } };
  });
  afterAll(async () => {
    await tenant.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function isAccepted(token: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${token}` };
    return (await tenant.handle({ method: "GET", path: "/v1.0/organization", headers, body: null })).status === 200;
  }

  it("takes the client's secret [M4]", async () => {
    const secret = await readFile(tenant.clientSecretFile, "utf8");
    const credential = new ClientSecretCredential(tenant.tenantId, tenant.clientId, secret, options);
    const token = await credential.getToken(SCOPE);
    expect(await isAccepted(token.token)).toBe(true);
    expect(token.expiresOnTimestamp - Date.now()).toBeGreaterThan(3500_000);
  });

  it("refuses a wrong secret with AADSTS7000215 [M5]", async () => {
    const credential = new ClientSecretCredential(tenant.tenantId, tenant.clientId, "wrong", options);
    await expect(credential.getToken(SCOPE)).rejects.toThrow("AADSTS7000215");
  });

  it("refuses a client that it does not know", async () => {
    const credential = new ClientSecretCredential(
      tenant.tenantId,
      "11111111-2222-4333-8444-555555555555",
      "x",
      options,
    );
    await expect(credential.getToken(SCOPE)).rejects.toThrow("AADSTS700016");
  });

  it("takes an assertion that a registered certificate signed, and no other [M4]", async () => {
    const credential = new ClientCertificateCredential(tenant.tenantId, tenant.clientId, { certificate: pem }, options);
    expect(await isAccepted((await credential.getToken(SCOPE)).token)).toBe(true);
    const other = await generate([{ name: "commonName", value: "other" }], {
      keyType: "rsa",
      keySize: 2048,
      algorithm: "sha256",
    });
    const foreign = new ClientCertificateCredential(
      tenant.tenantId,
      tenant.clientId,
      { certificate: `${other.private}\n${other.cert}` },
      options,
    );
    await expect(foreign.getToken(SCOPE)).rejects.toThrow("AADSTS700027");
  });

  it.each([
    ["takes a trusted issuer's token [M4]", {}, undefined],
    ["refuses another subject", { sub: "repo:contoso/other:environment:production" }, "AADSTS700213"],
    ["refuses another audience", { aud: "https://github.com/contoso" }, "AADSTS700212"],
    ["refuses a token that is expired", { exp: 1 }, "AADSTS700024"],
  ])("%s", async (_name, claims, code) => {
    const assertion = async () => github.token(claims);
    const credential = new ClientAssertionCredential(tenant.tenantId, tenant.clientId, assertion, options);
    if (code === undefined) expect(await isAccepted((await credential.getToken(SCOPE)).token)).toBe(true);
    else await expect(credential.getToken(SCOPE)).rejects.toThrow(code);
  });

  it("refuses a trusted issuer's token with another signature", async () => {
    const assertion = async () => `${github.token({}).split(".").slice(0, 2).join(".")}.${"A".repeat(342)}`;
    const credential = new ClientAssertionCredential(tenant.tenantId, tenant.clientId, assertion, options);
    await expect(credential.getToken(SCOPE)).rejects.toThrow("AADSTS5000811");
  });

  it("answers curl", async () => {
    const secret = await readFile(tenant.clientSecretFile, "utf8");
    const form = [
      `client_id=${tenant.clientId}`,
      `client_secret=${secret}`,
      `scope=${SCOPE}`,
      "grant_type=client_credentials",
    ];
    const config = join(folder, "curl.conf");
    await writeFile(config, form.map((one) => `data-urlencode = "${one}"`).join("\n"));
    const curl = async (...args: string[]) =>
      JSON.parse((await run("curl", ["-sS", "--cacert", tenant.caFile, ...args])).stdout);
    const { access_token } = await curl("-K", config, `${tenant.authority}/${tenant.tenantId}/oauth2/v2.0/token`);
    const path = "/v1.0/users?$select=userPrincipalName&$top=1";
    const { value } = await curl("-H", `Authorization: Bearer ${access_token}`, tenant.url + path);
    expect(value).toHaveLength(1);
    expect(value[0].userPrincipalName).toBe(`ines.carvalho@${DOMAIN}`);
  });
});

describe("a folder", () => {
  it("keeps objects, links, deleted items and tokens over a restart", async () => {
    const first = await openTenant();
    const boss = await first.addUser("boss", { jobTitle: "Lead" });
    const bind = { "manager@odata.bind": `${first.tenant.url}/v1.0/users/${boss}` };
    const id = await first.addUser("report", bind);
    const gone = await first.addUser("gone");
    await first.ask("DELETE", `/users/${gone}`);
    await first.ask("PATCH", `/users/${boss}`, { body: { jobTitle: null } });
    const token = first.tenant.token();
    const sequence = first.tenant.state.store.sequence;
    await first.tenant.close();

    for (let start = 0; start < 2; start++) {
      const again = await openTenant({ folder: first.folder });
      expect(again.tenant.tenantId).toBe(first.tenant.tenantId);
      expect(again.tenant.state.store.sequence).toBe(sequence);
      expect((await again.ask("GET", `/users/${id}/manager`)).body).toMatchObject({ id: boss, jobTitle: null });
      expect((await again.ask("GET", `/directory/deletedItems/${gone}`)).status).toBe(200);
      const headers = { authorization: `Bearer ${token}` };
      expect((await again.tenant.handle({ method: "GET", path: "/v1.0/users", headers, body: null })).status).toBe(200);
      await again.tenant.close();
    }
    await rm(first.folder, { recursive: true, force: true });
  });

  it("is used by one tenant at a time", async () => {
    const first = await openTenant();
    await expect(openTenant({ folder: first.folder })).rejects.toMatchObject({ code: "MUS-8003" });
    await first.close();
  });

  it("of the default seed is what the example's policies need: domains, cloud groups, seats, and nobody of HR", async () => {
    const opened = await openTenant({ seed: "default" });
    const names = async (path: string, property: string) =>
      (await opened.ask("GET", path)).body.value.map((one) => String(one[property])).sort();
    const users = await names("/users", "userPrincipalName");
    expect(users).toEqual([`break.glass@${INITIAL_DOMAIN}`, `ines.carvalho@${DOMAIN}`]);
    const groups = await names("/groups", "displayName");
    const policies = ["cloud", "contractors"].map((name) => readFileSync(`policies/${name}.yaml`, "utf8")).join("\n");
    const named = [...policies.matchAll(/^group: (.+)$/gm)].map(([, name]) => name);
    expect(named).not.toEqual([]);
    expect(groups).toEqual([...new Set(named)].sort());
    const skus = [...policies.matchAll(/^ {2}sku: (.+)$/gm)].map(([, name]) => name);
    expect(await names("/subscribedSkus", "skuPartNumber")).toEqual(expect.arrayContaining(skus));
    const verified = (await opened.ask("GET", "/organization")).body.value[0]?.verifiedDomains as { name: string }[];
    expect(verified.map(({ name }) => name)).toEqual(expect.arrayContaining(["corp.example", "ext.corp.example"]));
    await opened.close();
  });
});
