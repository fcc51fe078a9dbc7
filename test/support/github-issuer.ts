/** GitHub as an issuer of tokens for jobs, with a key of the test's own: what a tenant is told to trust, and its tokens. */
import { generateKeyPairSync, sign } from "node:crypto";

export interface GithubIssuer {
  readonly issuer: string;
  readonly subject: string;
  /** PEM. */
  readonly publicKey: string;
  /** A token of a job, good for five minutes; `claims` replace what it usually says. */
  token(claims?: object): string;
}

export function githubIssuer(): GithubIssuer {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const issuer = "https://token.actions.githubusercontent.com";
  const subject = "repo:contoso/identities:environment:production";
  return {
    issuer,
    subject,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    token(claims = {}) {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer, sub: subject, aud: "api://AzureADTokenExchange", exp: now + 300, nbf: now - 10 };
      const content = `${encode({ alg: "RS256", typ: "JWT" })}.${encode({ ...usual, ...claims })}`;
      return `${content}.${sign("sha256", Buffer.from(content), privateKey).toString("base64url")}`;
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
