/** A tenant in a temporary folder, and short ways to ask it, for the tests of this folder. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTenant, type Tenant, type TenantOptions } from "../../../reconciler/sandbox/tenant-server.js";
import { contractObserver } from "../../contract/graph/observer.js";

/** A reply's JSON: what most replies have, and properties. */
export interface Body {
  readonly id: string;
  readonly value: readonly Body[];
  readonly "@odata.nextLink": string;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly { readonly code: string; readonly target: string }[];
    readonly innerError: Readonly<Record<string, string>>;
  };
  readonly [name: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

export interface Ask {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Permissions of the token; left out: all. */
  readonly permissions?: readonly string[];
}

export interface OpenedTenant {
  readonly tenant: Tenant;
  readonly folder: string;
  /** A request with a valid token over `handle`; `path` is below /v1.0. */
  ask(method: string, path: string, options?: Ask): Promise<Answer>;
  /** POST /users with what a create needs; gives the id. */
  addUser(name: string, properties?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Throws when a reply, or a request that was not refused, did not fit the contract of Graph. */
  close(): Promise<void>;
}

export const DOMAIN = "adventure-works.com";
export const PASSWORD = "Correct-horse-1";
/** Of the advanced engine, together with $count=true. */
export const EVENTUAL = { ConsistencyLevel: "eventual" };

export function userBody(name: string): Record<string, unknown> {
  return {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@${DOMAIN}`,
    passwordProfile: { password: PASSWORD },
  };
}

export async function openTenant(options: Partial<TenantOptions> = {}): Promise<OpenedTenant> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "muster-tenant-")));
  const strict = contractObserver();
  const wrong = contractObserver({ foreign: () => true });
  const tenant = await startTenant({
    seed: "empty",
    fsync: "never",
    observe(request, reply) {
      if (reply.status < 400) strict.observe(request, reply);
      else wrong.observe({ ...request, body: null }, reply);
    },
    ...options,
    folder,
  });
  async function ask(method: string, path: string, { body, headers = {}, permissions }: Ask = {}): Promise<Answer> {
    const sent: Record<string, string> = { authorization: `Bearer ${tenant.token(permissions)}` };
    for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value;
    if (body !== undefined) sent["content-type"] ??= "application/json";
    const text = body === undefined ? null : JSON.stringify(body);
    const url = path.startsWith("http") ? path.slice(tenant.url.length) : `/v1.0${path}`;
    const reply = await tenant.handle({ method, path: url, headers: sent, body: text });
    return { ...reply, body: reply.body === null ? undefined : JSON.parse(reply.body) };
  }
  return {
    tenant,
    folder,
    ask,
    async addUser(name, properties = {}) {
      const reply = await ask("POST", "/users", { body: { ...userBody(name), ...properties } });
      if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
      return reply.body.id;
    },
    async close() {
      await tenant.close();
      await rm(folder, { recursive: true, force: true });
      const problems = [...strict.problems(), ...wrong.problems()];
      if (problems.length > 0) throw new Error(`the contract of Graph is broken:\n${problems.join("\n")}`);
    },
  };
}
