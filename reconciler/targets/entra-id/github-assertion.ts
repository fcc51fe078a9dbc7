/**
 * Workload identity federation from GitHub Actions: the job asks GitHub who it is, and the authority accepts the answer
 * instead of a secret. An assertion lives some minutes, so each exchange gets one of its own.
 */
import { MusterError } from "../../support/errors.js";
import { NoReply, type Transport } from "./transport.js";

/** What Entra ID expects in `aud` of an assertion that it is to accept. */
const AUDIENCE = "api://AzureADTokenExchange";

/**
 * Asks for a new assertion each time it is called. `environment` looks up ACTIONS_ID_TOKEN_REQUEST_URL and
 * ACTIONS_ID_TOKEN_REQUEST_TOKEN, which a job has with `permissions: id-token: write`. Throws MUS-5002 without them or
 * when GitHub refuses, MUS-5001 when it does not answer.
 */
export function githubAssertion(
  target: string,
  environment: (name: string) => string | undefined,
  transport: Pick<Transport, "send">,
): () => Promise<string> {
  const error = (code: "MUS-5001" | "MUS-5002", what: string, next?: string) =>
    new MusterError(code, { what, where: { target }, ...(next === undefined ? {} : { next }) });
  return async () => {
    const url = environment("ACTIONS_ID_TOKEN_REQUEST_URL");
    const token = environment("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    if (url === undefined || token === undefined || !URL.canParse(url) || !url.startsWith("https://"))
      throw error("MUS-5002", "GitHub gives this job no token", "Give the job `permissions: id-token: write`.");
    const address = new URL(url);
    address.searchParams.set("audience", AUDIENCE);
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    try {
      const reply = await transport.send(address.href, { method: "GET", headers, body: null });
      const assertion = reply.status === 200 ? assertionOf(reply.body) : null;
      if (assertion !== null) return assertion;
      throw error("MUS-5002", `GitHub refuses a token with status ${reply.status}`);
    } catch (failure) {
      if (!(failure instanceof NoReply)) throw failure;
      throw error("MUS-5001", `GitHub gives no token: ${failure.message}`);
    }
  };
}

function assertionOf(body: string): string | null {
  try {
    const { value } = JSON.parse(body) as { readonly value?: unknown };
    return typeof value === "string" && value !== "" ? value : null;
  } catch {
    return null;
  }
}
