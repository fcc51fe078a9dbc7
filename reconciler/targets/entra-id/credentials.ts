/**
 * From what a Target says of its credential to tokens, by way of @azure/identity. Two things are ours: the library is
 * loaded when a token is wanted, since it is large and most commands want none; and a token that the service refused is
 * replaced by one from a new credential, because an old one would answer from its cache for an hour.
 */
import type { TokenCredential } from "@azure/identity";
import { MusterError } from "../../support/errors.js";
import { sharedToken, type TokenSource } from "./token.js";

export type Credential =
  | { readonly kind: "secret"; readonly clientId: string; readonly secret: string }
  /** `pem` holds the certificate and its key. */
  | { readonly kind: "certificate"; readonly clientId: string; readonly pem: string }
  /** `assertion` gives a new one each time it is called: each is exchanged once. */
  | { readonly kind: "federated"; readonly clientId: string; readonly assertion: () => Promise<string> }
  /** null: the identity that the machine itself has. */
  | { readonly kind: "managed-identity"; readonly clientId: string | null };

export interface CredentialOptions {
  /** Name of the target, for errors. */
  readonly target: string;
  /** Id or domain of the tenant. */
  readonly tenant: string;
  readonly credential: Credential;
  /** "https://login.microsoftonline.com" by default. */
  readonly authority?: string | undefined;
  /** PEM of the authority to trust for TLS; undefined: those that Node trusts. */
  readonly ca?: string | undefined;
  /** Root of Graph, which the token is for. */
  readonly root: string;
  /** Milliseconds; 30,000 by default. */
  readonly timeout?: number | undefined;
}

const PUBLIC_AUTHORITY = "https://login.microsoftonline.com";
/** Authorities that instance discovery at the public cloud knows. For any other it would be a question to a stranger. */
const KNOWN_AUTHORITIES = [PUBLIC_AUTHORITY, "https://login.microsoftonline.us", "https://login.chinacloudapi.cn"];
const PUBLIC_GRAPH = "https://graph.microsoft.com";
/** Roots of Graph that are their own audience (deployments of Graph by cloud). */
const GRAPH_AUDIENCES = [
  PUBLIC_GRAPH,
  "https://graph.microsoft.us",
  "https://dod-graph.microsoft.us",
  "https://microsoftgraph.chinacloudapi.cn",
];

/** Tokens for Graph. Nothing is asked before the first one is wanted. */
export function tokenSource(options: CredentialOptions): TokenSource {
  const { root, timeout = 30_000 } = options;
  const scope = `${GRAPH_AUDIENCES.includes(root) ? root : PUBLIC_GRAPH}/.default`;
  let credential: Promise<TokenCredential> | null = null;
  return sharedToken(async ({ fresh }) => {
    if (fresh || credential === null) credential = openCredential(options);
    try {
      const token = await within(timeout, (await credential).getToken(scope));
      if (token !== null) return token.token;
    } catch (error) {
      throw credentialError(options.target, error);
    }
    throw new MusterError("MUS-5002", { what: "the authority gave no token", where: { target: options.target } });
  });
}

async function openCredential(options: CredentialOptions): Promise<TokenCredential> {
  const { tenant, credential, authority = PUBLIC_AUTHORITY, ca } = options;
  const identity = await import("@azure/identity");
  const settings = {
    authorityHost: authority,
    disableInstanceDiscovery: !KNOWN_AUTHORITIES.includes(new URL(authority).origin),
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
  };
  switch (credential.kind) {
    case "secret":
      return new identity.ClientSecretCredential(tenant, credential.clientId, credential.secret, settings);
    case "certificate":
      return new identity.ClientCertificateCredential(
        tenant,
        credential.clientId,
        { certificate: credential.pem },
        settings,
      );
    case "federated":
      return new identity.ClientAssertionCredential(tenant, credential.clientId, credential.assertion, settings);
    case "managed-identity":
      return new identity.ManagedIdentityCredential(
        credential.clientId === null ? {} : { clientId: credential.clientId },
      );
  }
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Codes of the authority (AADSTS error codes) that have one cause. */
const REFUSALS: Readonly<Record<string, string>> = {
  AADSTS7000215: "the client secret is wrong",
  AADSTS7000222: "the client secret has expired",
  AADSTS700016: "the tenant does not know the application",
  AADSTS90002: "there is no such tenant",
  AADSTS700027: "the certificate is not registered with the application",
  AADSTS70021: "no federated credential of the application fits the assertion",
  AADSTS700211: "no federated credential of the application has this issuer",
  AADSTS700213: "no federated credential of the application has this subject",
  AADSTS700212: "no federated credential of the application has this audience",
  AADSTS700024: "the assertion is not valid at this time: compare the clocks",
};

/** The authority's text is not passed on: it quotes ids. */
function credentialError(target: string, error: unknown): MusterError {
  if (error instanceof MusterError) return error;
  const text = error instanceof Error ? error.message : "";
  const code = /AADSTS\d+/.exec(text)?.[0];
  const where = { target };
  if (code !== undefined) {
    const why = REFUSALS[code];
    const what = `the authority refuses the credential: ${why === undefined ? code : `${why} (${code})`}`;
    return new MusterError("MUS-5002", { what, where, cause: error });
  }
  const isRefusal = error instanceof Error && /^Authentication(Required)?Error$/.test(error.name);
  if (isRefusal && !/network|endpoints_resolution/i.test(text))
    return new MusterError("MUS-5002", { what: "the authority refuses the credential", where, cause: error });
  const what = "no token: the authority cannot be reached, or its certificate is not trusted";
  return new MusterError("MUS-5001", { what, where, cause: error });
}
