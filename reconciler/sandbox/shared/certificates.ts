/** A certificate authority and a server certificate for localhost, made once per folder; the authority's key is not kept. */
import { X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";

export interface Certificates {
  readonly key: string;
  readonly cert: string;
  readonly caFile: string;
}

const YEARS = 5;
const LEFT_MILLIS = 24 * 3600 * 1000;

/** The folder's certificates; new ones when there are none or they end within a day. TLS goes by the real clock. */
export async function ensureCertificates(folder: string): Promise<Certificates> {
  const caFile = join(folder, "ca.pem");
  const keyFile = join(folder, "server.key");
  const certFile = join(folder, "server.pem");
  try {
    const [key, cert, ca] = await Promise.all([keyFile, certFile, caFile].map((file) => readFile(file, "utf8")));
    const known = new X509Certificate(cert ?? "");
    const fits = known.verify(new X509Certificate(ca ?? "").publicKey);
    if (fits && Date.parse(known.validTo) - Date.now() > LEFT_MILLIS)
      return { key: key ?? "", cert: cert ?? "", caFile };
  } catch {
    // None yet, or not readable as certificates: new ones replace them.
  }
  const made = await makeCertificates();
  await writeFile(keyFile, made.key, { mode: 0o600 });
  await writeFile(certFile, made.cert);
  await writeFile(caFile, made.ca);
  return { key: made.key, cert: made.cert, caFile };
}

async function makeCertificates(): Promise<{ key: string; cert: string; ca: string }> {
  const notAfterDate = new Date(Date.now() + YEARS * 365 * LEFT_MILLIS);
  const common = { keyType: "ec", curve: "P-256", algorithm: "sha256", notAfterDate } as const;
  const ca = await generate([{ name: "commonName", value: "Muster sandbox CA" }], {
    ...common,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: "localhost" }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { key: server.private, cert: server.cert, ca: ca.cert };
}
