/** The real credentials of @azure/identity before an authority on loopback. */
import { createPublicKey, verify, X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Credential, tokenSource } from "../../../../reconciler/targets/entra-id/credentials.js";
import { githubAssertion } from "../../../../reconciler/targets/entra-id/github-assertion.js";
import { openTransport } from "../../../../reconciler/targets/entra-id/transport.js";
import { type ScriptedReply, type ScriptedServer, startScriptedServer } from "../../../support/scripted-graph.js";

const TENANT = "3f1c7a52-6a34-4d55-9d0a-3a4b7f0f7c11";
const CLIENT = "9b6f2c1e-0f7d-4c39-8a54-6f2a4f7f1d22";
const SECRET = "a-secret-that-nobody-sees";

let server: ScriptedServer;
let token: () => ScriptedReply;
beforeEach(async () => {
  server = await startScriptedServer();
  let issued = 0;
  token = () => ({ status: 200, json: { access_token: `token-${++issued}`, expires_in: 3599, token_type: "Bearer" } });
  server.answerBy(({ path }) => {
    if (!path.includes("openid-configuration")) return token();
    const base = `${server.url}/${TENANT}`;
    const json = {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    };
    return { status: 200, json };
  });
});
afterEach(() => server.close());

function source(credential: Credential, options: { readonly ca?: string | undefined; readonly root?: string } = {}) {
  const { ca = server.ca, root = server.url } = options;
  return tokenSource({ target: "entra", tenant: TENANT, credential, authority: server.url, ca, root });
}

/** Forms that were sent to the token endpoint. */
function forms(): URLSearchParams[] {
  const posts = server.requests.filter(({ method }) => method === "POST");
  for (const { path } of posts) expect(path).toMatch(new RegExp(`^/${TENANT}/oauth2/v2.0/token`));
  return posts.map(({ body }) => new URLSearchParams(body));
}

const secret: Credential = { kind: "secret", clientId: CLIENT, secret: SECRET };

describe("a client secret", () => {
  it("gives a token, which is kept until it is refused", async () => {
    const tokens = source(secret);
    expect(await Promise.all([tokens.token(), tokens.token(), tokens.token()])).toEqual(Array(3).fill("token-1"));
    expect(await tokens.token()).toBe("token-1");
    expect(server.requests.map(({ method }) => method)).toEqual(["GET", "POST"]);
    expect(Object.fromEntries(forms()[0] ?? [])).toMatchObject({
      client_id: CLIENT,
      client_secret: SECRET,
      grant_type: "client_credentials",
      scope: "https://graph.microsoft.com/.default",
    });
    tokens.reject("token-1");
    expect(await tokens.token()).toBe("token-2");
    expect(await tokens.token()).toBe("token-2");
  });

  it("is for the Graph of its cloud", async () => {
    await source(secret, { root: "https://graph.microsoft.us" }).token();
    expect(forms()[0]?.get("scope")).toBe("https://graph.microsoft.us/.default");
  });

  it.each([
    ["AADSTS7000215: Invalid client secret provided.", "the client secret is wrong (AADSTS7000215)"],
    ["AADSTS7000222: The provided client secret keys are expired.", "the client secret has expired (AADSTS7000222)"],
    ["AADSTS700016: Application was not found.", "the tenant does not know the application (AADSTS700016)"],
    ["AADSTS50000: Something else.", "the authority refuses the credential: AADSTS50000"],
  ])("that is refused is MUS-5002: %s", async (text, expected) => {
    const json = { error: "invalid_client", error_description: `${text} Trace ID: 1`, error_codes: [1] };
    token = () => ({ status: 401, json });
    const error: unknown = await source(secret)
      .token()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "MUS-5002", where: { target: "entra" } });
    expect((error as Error).message).toContain(expected);
    expect((error as Error).message).not.toContain(SECRET);
  });

  it("is sent to nobody whose certificate is not trusted", async () => {
    const { ca } = await authority();
    await expect(source(secret, { ca }).token()).rejects.toMatchObject({ code: "MUS-5001" });
    expect(server.requests).toEqual([]);
  });
});

/** Some other certificate, with its key. */
async function authority(): Promise<{ ca: string; key: string }> {
  const made = await generate([{ name: "commonName", value: "another" }], { keySize: 2048, algorithm: "sha256" });
  return { ca: made.cert, key: made.private };
}

it("a certificate signs an assertion of its own for the token endpoint", async () => {
  const { ca: certificate, key } = await authority();
  const tokens = source({ kind: "certificate", clientId: CLIENT, pem: `${key}\n${certificate}` });
  expect(await tokens.token()).toBe("token-1");
  const form = forms()[0];
  expect(form?.get("client_secret")).toBeNull();
  const [head = "", body = "", signature = ""] = (form?.get("client_assertion") ?? "").split(".");
  const signedBy = {
    key: createPublicKey(new X509Certificate(certificate).publicKey.export({ type: "spki", format: "pem" })),
    padding: 6,
    saltLength: 32,
  };
  expect(verify("sha256", Buffer.from(`${head}.${body}`), signedBy, Buffer.from(signature, "base64url"))).toBe(true);
  const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Record<string, unknown>;
  expect(claims).toMatchObject({ iss: CLIENT, sub: CLIENT });
  expect(String(claims.aud)).toContain(TENANT);
});

it("a federated credential exchanges each assertion once", async () => {
  let made = 0;
  const assertion = async () => `assertion-${++made}`;
  const tokens = source({ kind: "federated", clientId: CLIENT, assertion });
  expect(await tokens.token()).toBe("token-1");
  expect(await tokens.token()).toBe("token-1");
  tokens.reject("token-1");
  expect(await tokens.token()).toBe("token-2");
  expect(forms().map((form) => form.get("client_assertion"))).toEqual(["assertion-1", "assertion-2"]);
  expect(made).toBe(2);
  expect(forms()[0]?.get("client_assertion_type")).toBe("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
});

it("a managed identity asks the machine", async () => {
  const asked: string[] = [];
  const machine = createServer((request, response) => {
    asked.push(`${request.url} ${String(request.headers["x-identity-header"])}`);
    const expiresOn = Math.floor(Date.now() / 1_000) + 3_600;
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({ access_token: "machine-token", expires_on: String(expiresOn), token_type: "Bearer" }),
    );
  });
  await new Promise<void>((resolve) => machine.listen(0, "127.0.0.1", resolve));
  const { port } = machine.address() as AddressInfo;
  // How Azure App Service tells a process where to ask.
  process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${port}/token`;
  process.env.IDENTITY_HEADER = "header";
  try {
    expect(await source({ kind: "managed-identity", clientId: null }).token()).toBe("machine-token");
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/resource=https.*graph\.microsoft\.com.* header$/);
  } finally {
    delete process.env.IDENTITY_ENDPOINT;
    delete process.env.IDENTITY_HEADER;
    await new Promise((resolve) => machine.close(resolve));
  }
});

it("a machine without an identity is MUS-5001, and says so", async () => {
  // As on an app service whose endpoint is gone; another identity, since the library keeps tokens of one for the process.
  process.env.IDENTITY_ENDPOINT = "http://127.0.0.1:9/msi/token";
  process.env.IDENTITY_HEADER = "header";
  try {
    await expect(source({ kind: "managed-identity", clientId: CLIENT }).token()).rejects.toMatchObject({
      code: "MUS-5001",
      what: "this machine gives no token of a managed identity",
    });
  } finally {
    delete process.env.IDENTITY_ENDPOINT;
    delete process.env.IDENTITY_HEADER;
  }
});

describe("an assertion of a GitHub job", () => {
  function job(environment: Readonly<Record<string, string>>) {
    return githubAssertion("entra", (name) => environment[name], openTransport({ ca: server.ca }));
  }
  const permitted = () => ({
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job-token",
  });

  it("is asked for anew each time, for the audience that Entra ID expects", async () => {
    let issued = 0;
    server.answerBy(() => ({ status: 200, json: { count: 1, value: `jwt-${++issued}` } }));
    const assertion = job(permitted());
    expect([await assertion(), await assertion()]).toEqual(["jwt-1", "jwt-2"]);
    const [request] = server.requests;
    expect(request?.path).toBe("/token?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange");
    expect(request?.headers.authorization).toBe("Bearer job-token");
  });

  it("is missing without the permission, and is never asked for over plain HTTP", async () => {
    await expect(job({})()).rejects.toMatchObject({
      code: "MUS-5002",
      next: expect.stringContaining("id-token: write"),
    });
    const plain = { ...permitted(), ACTIONS_ID_TOKEN_REQUEST_URL: server.url.replace("https", "http") };
    await expect(job(plain)()).rejects.toMatchObject({ code: "MUS-5002" });
    expect(server.requests).toEqual([]);
  });

  it.each([
    ["a refusal", { status: 403, text: "no" }, "MUS-5002"],
    ["an answer without a value", { status: 200, json: {} }, "MUS-5002"],
    ["half an answer", { status: 200, text: '{"value":' }, "MUS-5002"],
    ["no answer", "cut", "MUS-5001"],
  ] as const)("is an error after %s", async (_, reply, code) => {
    server.answer(reply);
    await expect(job(permitted())()).rejects.toMatchObject({ code });
  });

  it("that cannot be had is the error of the token", async () => {
    server.answer({ status: 403 });
    const tokens = source({ kind: "federated", clientId: CLIENT, assertion: job({}) });
    await expect(tokens.token()).rejects.toMatchObject({ code: "MUS-5002", what: "GitHub gives this job no token" });
  });
});
