/**
 * From what a Target says of its credential to tokens, by way of @azure/identity. The library is loaded when a token is
 * wanted, since it is large and most commands want none. Each token comes from a new credential and is kept by us
 * (token.ts): an old credential answers from its cache with the token that the service refused, and asks for an assertion
 * even when it does not need one, which would be a question to GitHub for each request to Graph.
 */
import type { TokenCredential } from "@azure/identity";
import type { Clock } from "../../model/ports.js";
import { MusterError } from "../../support/errors.js";
import { REAL_SURROUNDINGS } from "./surroundings.js";
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
  /** By which it is judged until when a token is kept; by default that of the machine. */
  readonly clock?: Clock | undefined;
  /** Milliseconds; 30,000 by default. */
  readonly timeout?: number | undefined;
}

export const PUBLIC_AUTHORITY = "https://login.microsoftonline.com";
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
  const { root, target, timeout = 30_000, clock = REAL_SURROUNDINGS.clock } = options;
  const scope = `${GRAPH_AUDIENCES.includes(root) ? root : PUBLIC_GRAPH}/.default`;
  return sharedToken(async () => {
    // The library makes an error of its own of whatever the assertion throws.
    let own: MusterError | null = null;
    const keep = (error: unknown) => {
      if (error instanceof MusterError) own = error;
    };
    try {
      const issued = await within(timeout, (await openCredential(options, keep)).getToken(scope));
      if (issued !== null) return { token: issued.token, lifetimeMs: issued.expiresOnTimestamp - Date.now() };
    } catch (error) {
      throw own ?? credentialError(options, error);
    }
    throw new MusterError("MUS-5002", { what: "the authority gave no token", where: { target } });
  }, clock);
}

async function openCredential(options: CredentialOptions, keep: (error: unknown) => void): Promise<TokenCredential> {
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
      return new identity.ClientAssertionCredential(
        tenant,
        credential.clientId,
        once(credential.assertion, keep),
        settings,
      );
    case "managed-identity":
      return new identity.ManagedIdentityCredential(
        credential.clientId === null ? {} : { clientId: credential.clientId },
      );
  }
}

/** The library asks for an assertion more than once for one exchange. */
function once(assertion: () => Promise<string>, keep: (error: unknown) => void): () => Promise<string> {
  let asked: Promise<string> | null = null;
  return () => {
    asked ??= assertion().catch((error: unknown) => {
      keep(error);
      throw error;
    });
    return asked;
  };
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

interface Refusal {
  /** Begins in the middle of a sentence. */
  readonly why: string;
  readonly next: string;
}

const FEDERATED =
  "Compare it with Certificates & secrets, Federated credentials, of the application: issuer, subject and audience must be those of the job.";

/** Codes of the authority (AADSTS error codes) that have one cause. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  AADSTS7000215: {
    why: "the client secret is wrong",
    next: "Put the secret's value into the variable that the Target names; its id is another thing.",
  },
  AADSTS7000222: {
    why: "the client secret has expired",
    next: "Make a new client secret for the application (Certificates & secrets), and put its value into the variable.",
  },
  AADSTS7000112: {
    why: "the application is disabled",
    next: "Enable sign-in for it: Enterprise applications, Properties.",
  },
  AADSTS700016: {
    why: "the tenant does not know the application",
    next: "Compare clientId and tenant of the Target with the overview of the app registration.",
  },
  AADSTS90002: {
    why: "there is no such tenant",
    next: "Correct tenant of the Target: the tenant's id, or one of its domains; and authority, for a national cloud.",
  },
  AADSTS700027: {
    why: "the certificate is not registered with the application",
    next: "Upload the certificate of certificateFile to the application (Certificates & secrets).",
  },
  AADSTS70021: { why: "no federated credential of the application fits the assertion", next: FEDERATED },
  AADSTS700211: { why: "no federated credential of the application has this issuer", next: FEDERATED },
  AADSTS700213: { why: "no federated credential of the application has this subject", next: FEDERATED },
  AADSTS700212: { why: "no federated credential of the application has this audience", next: FEDERATED },
  AADSTS700024: {
    why: "the assertion is not valid at this time: compare the clocks",
    next: "Synchronise the clock of this machine (NTP).",
  },
  AADSTS53003: {
    why: "a Conditional Access policy blocks the application",
    next: "Look at the sign-in logs of service principals, and let the policy admit this machine.",
  },
};

const UNKNOWN_REFUSAL = "Look the code up at https://login.microsoftonline.com/error.";

/** The authority's text is not passed on: it quotes ids. */
function credentialError({ target, credential }: CredentialOptions, error: unknown): MusterError {
  if (error instanceof MusterError) return error;
  const text = error instanceof Error ? error.message : "";
  const code = /AADSTS\d+/.exec(text)?.[0];
  const where = { target };
  if (code !== undefined) {
    const { why, next } = REFUSALS[code] ?? { why: undefined, next: UNKNOWN_REFUSAL };
    const what = `the authority refuses the credential: ${why === undefined ? code : `${why} (${code})`}`;
    return new MusterError("MUS-5002", { what, where, next, cause: error });
  }
  const isRefusal = error instanceof Error && /^Authentication(Required)?Error$/.test(error.name);
  if (isRefusal && !/network|endpoints_resolution/i.test(text))
    return new MusterError("MUS-5002", {
      what: "the authority refuses the credential",
      where,
      next: "Compare tenant and credential of the Target with the app registration.",
      cause: error,
    });
  if (credential.kind === "managed-identity")
    return new MusterError("MUS-5001", {
      what: "this machine gives no token of a managed identity",
      where,
      next: "Assign the machine an identity, name the right clientId, or use another credential outside of Azure.",
      cause: error,
    });
  // An authority of one's own is asked for its endpoints first, and that says no more.
  const what = "no token: the authority cannot be reached, its certificate is not trusted, or it has no such tenant";
  const next = "Check authority, tenant and caFile of the Target, the network and the service.";
  return new MusterError("MUS-5001", { what, where, next, cause: error });
}
