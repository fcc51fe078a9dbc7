/** Client assertions (RFC 7521, RFC 7523): signed by a registered certificate, or by a trusted issuer. */
import { constants, createPublicKey, verify, X509Certificate } from "node:crypto";
import type { FederatedTrust } from "./options.js";
import type { TenantState } from "./state.js";

/** The message begins with Entra ID's code, AADSTS and digits. */
export class AssertionFailure extends Error {}

interface Assertion {
  readonly header: { readonly alg?: string; readonly "x5t#S256"?: string; readonly x5t?: string };
  readonly claims: {
    readonly iss?: string;
    readonly sub?: string;
    readonly aud?: string | readonly string[];
    readonly exp?: number;
    readonly nbf?: number;
  };
  readonly content: Buffer;
  readonly signature: Buffer;
}

/** Throws AssertionFailure unless the assertion proves that its sender is the tenant's client. */
export function checkAssertion(tenant: TenantState, text: string, tokenEndpoint: string): void {
  const assertion = readAssertion(text);
  const seconds = tenant.now() / 1000;
  const { exp = 0, nbf = 0, iss, sub } = assertion.claims;
  if (exp <= seconds || nbf > seconds + 300) {
    throw new AssertionFailure("AADSTS700024: Client assertion is not within its valid time range.");
  }
  if (iss === tenant.clientId && sub === tenant.clientId) checkCertificate(tenant, assertion, tokenEndpoint);
  else checkTrust(tenant.options.trusts ?? [], assertion);
}

function readAssertion(text: string): Assertion {
  const [head = "", body = "", signature = ""] = text.split(".");
  try {
    return {
      header: JSON.parse(Buffer.from(head, "base64url").toString("utf8")),
      claims: JSON.parse(Buffer.from(body, "base64url").toString("utf8")),
      content: Buffer.from(`${head}.${body}`),
      signature: Buffer.from(signature, "base64url"),
    };
  } catch {
    throw new AssertionFailure("AADSTS50027: JWT token is invalid or malformed.");
  }
}

function checkCertificate(tenant: TenantState, assertion: Assertion, tokenEndpoint: string): void {
  const { header, claims } = assertion;
  if (!audiences(claims.aud).includes(tokenEndpoint)) {
    throw new AssertionFailure("AADSTS700023: Client assertion audience claim does not match Realm issuer.");
  }
  const certificate = (tenant.options.certificates ?? [])
    .map((pem) => new X509Certificate(pem))
    .find(
      (one) =>
        thumbprint(one, "fingerprint256") === header["x5t#S256"] || thumbprint(one, "fingerprint") === header.x5t,
    );
  if (
    certificate === undefined ||
    !isSigned(assertion, certificate.publicKey.export({ type: "spki", format: "pem" }))
  ) {
    const text =
      "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.";
    throw new AssertionFailure(text);
  }
}

function checkTrust(trusts: readonly FederatedTrust[], assertion: Assertion): void {
  const { iss, sub, aud } = assertion.claims;
  const trust = trusts.find((one) => one.issuer === iss && one.subject === sub);
  if (trust === undefined) {
    const text = "AADSTS700213: No matching federated identity record found for presented assertion subject.";
    throw new AssertionFailure(text);
  }
  if (!audiences(aud).includes(trust.audience ?? "api://AzureADTokenExchange")) {
    throw new AssertionFailure(
      "AADSTS700212: No matching federated identity record found for presented assertion audience.",
    );
  }
  if (!isSigned(assertion, trust.publicKey)) {
    throw new AssertionFailure(
      "AADSTS5000811: Unable to verify token signature. The signing key identifier does not match.",
    );
  }
}

function isSigned({ header, content, signature }: Assertion, pem: string | Buffer): boolean {
  const key = createPublicKey(pem);
  if (header.alg === "RS256") return verify("sha256", content, key, signature);
  if (header.alg !== "PS256") return false;
  return verify("sha256", content, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature);
}

function audiences(aud: string | readonly string[] | undefined): readonly string[] {
  return typeof aud === "string" ? [aud] : (aud ?? []);
}

function thumbprint(certificate: X509Certificate, name: "fingerprint" | "fingerprint256"): string {
  return Buffer.from(certificate[name].replaceAll(":", ""), "hex").toString("base64url");
}
