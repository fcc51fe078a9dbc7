/**
 * A Graph that answers as a test says, without a network; what was asked is kept, and checked against the contract. Time
 * passes only while somebody sleeps.
 */
import type { SecretSink } from "../../reconciler/model/ports.js";
import { GraphClient } from "../../reconciler/targets/entra-id/client.js";
import { Pacer } from "../../reconciler/targets/entra-id/pacer.js";
import type { Place } from "../../reconciler/targets/entra-id/place.js";
import { NoReply } from "../../reconciler/targets/entra-id/transport.js";
import { FORGOTTEN_PASSWORDS } from "../../reconciler/targets/secrets/password.js";
import { requestProblems } from "../contract/graph/contract.js";
import { virtualTime } from "./virtual-time.js";

export interface Asked {
  readonly method: string;
  /** Below the version, decoded, with its query. */
  readonly path: string;
  /** JSON; {} where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** "lost": no reply comes. Left out `body`: none. */
export type Scripted = { readonly status: number; readonly body?: unknown } | "lost";

export interface AnsweringGraph {
  readonly place: Place;
  readonly asked: Asked[];
  /** "PATCH /users/x" of what was written, in order. */
  writes(): string[];
}

export const ROOT = "https://graph.test";

/** Items of a `$batch` are asked one by one. What `answer` leaves undefined is 204 for a write and 404 for a read. */
export function answeringGraph(
  answer: (asked: Asked) => Scripted | undefined,
  more: Partial<Place> & { readonly sink?: SecretSink } = {},
): AnsweringGraph {
  const time = virtualTime();
  const asked: Asked[] = [];
  const reply = (sent: Omit<Asked, "body"> & { readonly body: Asked["body"] | null }, address: string) => {
    const one = { ...sent, body: sent.body ?? {} };
    asked.push(one);
    const problems = requestProblems(one.method, `/v1.0${address}`, sent.body ?? undefined);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return answer(one) ?? (one.method === "GET" ? refusal(404, "Request_ResourceNotFound") : { status: 204 });
  };
  const transport = {
    async send(url: string, { method, body }: { readonly method: string; readonly body: string | null }) {
      const path = decodeURIComponent(url.slice(`${ROOT}/v1.0`.length));
      const json = body === null ? null : JSON.parse(body);
      if (path === "/$batch") {
        const responses = json.requests.map(
          (item: { id: string; method: string; url: string; body?: Asked["body"] }) => {
            const one = { method: item.method, path: decodeURIComponent(item.url), body: item.body ?? null };
            const said = reply(one, item.url);
            return { id: item.id, ...(said === "lost" ? { status: 504 } : said) };
          },
        );
        return { status: 200, headers: {}, body: JSON.stringify({ responses }) };
      }
      const said = reply({ method, path, body: json }, url.slice(`${ROOT}/v1.0`.length));
      if (said === "lost") throw new NoReply("ECONNRESET", { sent: true });
      return { status: said.status, headers: {}, body: said.body === undefined ? "" : JSON.stringify(said.body) };
    },
    close: async () => {},
  };
  const pacer = new Pacer({ clock: time.clock, sleep: time.sleep });
  const tokens = { token: async () => "token", reject: () => {} };
  const graph = new GraphClient({ target: "entra", root: ROOT, tokens, pacer, transport, surroundings: time });
  const { sink = null, ...parts } = more;
  const place: Place = {
    target: "entra",
    tenant: "tenant",
    graph,
    clock: time.clock,
    sleep: time.sleep,
    claim: "employeeType",
    managed: { accounts: ["tenant"], groups: ["tenant"] },
    passwords: { ...FORGOTTEN_PASSWORDS, sink },
    pass: {},
    young: new Map(),
    replaced: new Map(),
    units: new Map(),
    protection: new Map(),
    ...parts,
  };
  const writes = () => asked.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  return { place, asked, writes };
}

/** An error body as Graph writes it. */
export function refusal(status: number, code: string, message = ""): Scripted {
  return { status, body: { error: { code, message, innerError: {} } } };
}

/** An id that is easy to tell from others. */
export function id(digit: number | string): string {
  return `00000000-0000-4000-8000-${String(digit).padStart(12, "0")}`;
}
