/** With what the application signs in, and until when that works. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Check } from "../../../model/check.js";
import { MusterError } from "../../../support/errors.js";
import { daysUntil } from "../../doctor/connection.js";
import { counted, ok, problem, unknown, warning } from "../../doctor/findings.js";
import type { Credential } from "../credentials.js";
import type { TokenSource } from "../token.js";

/** Days before the end of a credential from which on it is a warning: a new one takes somebody's consent. */
const SOON = 30;

const KINDS: Readonly<Record<Credential["kind"], string>> = {
  secret: "a client secret",
  certificate: "a certificate",
  federated: "a token of GitHub",
  "managed-identity": "the managed identity of this machine",
};

/** What can be seen before anybody is asked. `now` in epoch milliseconds. */
export function examineCredential(credential: Credential, now: number): Check[] {
  switch (credential.kind) {
    case "certificate":
      return examineCertificate(credential.pem, now);
    case "secret": {
      const what = "when the client secret ends cannot be read with the permissions that Muster needs";
      const command = `az ad app credential list --id ${credential.clientId} --query "[].endDateTime"`;
      return [
        unknown(
          "credential",
          null,
          what,
          `Look in Certificates & secrets of the application, or run this:\n${command}`,
        ),
      ];
    }
    default:
      return [ok("credential", null, `${KINDS[credential.kind]}: there is nothing that ends`)];
  }
}

function examineCertificate(pem: string, now: number): Check[] {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
    if (!certificate.checkPrivateKey(createPrivateKey(pem)))
      return [problem("credential", null, "the key in certificateFile is not the certificate's", FILE)];
  } catch {
    return [problem("credential", null, "certificateFile holds no certificate with its key", FILE)];
  }
  const days = daysUntil(Date.parse(certificate.validTo), now);
  const renew = "Upload a new certificate beside the old one, change certificateFile, then take the old one away.";
  if (days < 0) return [problem("credential", null, `the certificate ended ${counted(-days, "day")} ago`, renew)];
  const what = `the certificate ends in ${counted(days, "day")}`;
  return [days < SOON ? warning("credential", null, what, renew) : ok("credential", null, what)];
}

const FILE = "Put the certificate and its own private key into one PEM file: cat key.pem cert.pem > muster.pem.";

/** A token, or why there is none. */
export async function signIn(
  tokens: TokenSource,
  credential: Credential,
): Promise<{ readonly token: string | null; readonly check: Check }> {
  try {
    const token = await tokens.token();
    return { token, check: ok("sign-in", null, `signed in with ${KINDS[credential.kind]}`) };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return { token: null, check: problem("sign-in", null, error.what, error.next) };
  }
}
