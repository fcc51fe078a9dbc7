/**
 * What stands between the Graph client and the wire: retry, then pace, then sign, then send. Every attempt is paced and
 * signed anew, since a wait may outlive the token.
 *
 * Repeating is the hard part. What was refused (429, 401) was not carried out, so any request may be sent again; but a
 * write whose 429 came late may have been begun. After 503, 504 or a lost reply a create may exist already: only what can
 * be repeated without harm is repeated, and the caller reads before anything else. Microsoft's own handler repeats POST,
 * and comes back after 180 seconds however long Retry-After says; that is why it is not used.
 */
import type { Context, Middleware, MiddlewareOptions } from "@microsoft/microsoft-graph-client";
import { MusterError } from "../../support/errors.js";
import type { Cost } from "./costs.js";
import type { Method, RequestName } from "./failure.js";
import type { GraphRoot } from "./links.js";
import type { Pacer } from "./pacer.js";
import type { Surroundings } from "./surroundings.js";
import type { TokenSource } from "./token.js";
import { NoReply, type Transport, type WireReply } from "./transport.js";

export interface ChainOptions {
  readonly root: GraphRoot;
  readonly tokens: TokenSource;
  readonly pacer: Pacer;
  readonly transport: Transport;
  readonly surroundings: Surroundings;
}

/** A reply whose body was understood. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON of the body, null where there is none. */
  readonly body: unknown;
  /** From `Retry-After`. */
  readonly retryAfterMs: number | null;
}

/** One request on its way through the chain, and what came of it. */
export class Call implements MiddlewareOptions {
  readonly method: Method;
  readonly template: string;
  readonly cost: Cost;
  /** Carrying it out twice does no harm. */
  readonly repeatable: boolean;
  requestId = "";
  token = "";
  answer: Answer | NoReply | null = null;
  /** The last answer came so late that a refusal does not prove that nothing happened. */
  isLate = false;
  /** What a part of the chain threw; the Graph client would put an error of its own in its place. */
  thrown: unknown;

  constructor(request: Pick<Call, "method" | "template" | "cost" | "repeatable">) {
    this.method = request.method;
    this.template = request.template;
    this.cost = request.cost;
    this.repeatable = request.repeatable;
  }

  get name(): RequestName {
    return { method: this.method, template: this.template, requestId: this.requestId };
  }
}

/** Attempts while the service cannot answer. */
const ATTEMPTS = 6;
/** Attempts while it is throttled: each of them waits as long as the service asks for. */
export const THROTTLED_ATTEMPTS = 30;
const LONGEST_BACKOFF_MS = 60_000;
const LATE_MS = 10_000;
/** Statuses that may pass. */
const PASSING = [500, 502, 503, 504];

export function graphChain(options: ChainOptions): Middleware {
  return {
    async execute(context) {
      const call = context.middlewareControl?.getMiddlewareOptions(Call);
      if (!(call instanceof Call)) throw new MusterError("MUS-9001", { what: "a request without its call" });
      try {
        await retry(options, context, call);
      } catch (error) {
        call.thrown = error;
        throw error;
      }
    },
  };
}

async function retry(options: ChainOptions, context: Context, call: Call): Promise<void> {
  const { surroundings, pacer, tokens } = options;
  let renewed = false;
  let throttled = 0;
  for (let attempt = 1; ; ) {
    const answer = await paceAndSend(options, context, call);
    const status = answer instanceof NoReply ? 0 : answer.status;
    if (status === 401 && !renewed) {
      renewed = true;
      tokens.reject(call.token);
    } else if (status === 429) {
      throttled += 1;
      pacer.block(waitMs(askedWait(answer), throttled, surroundings));
      if (throttled >= THROTTLED_ATTEMPTS || (call.isLate && !call.repeatable)) return;
    } else if (mayPass(status, attempt) && (call.repeatable || wasNotSent(answer))) {
      await surroundings.sleep(waitMs(askedWait(answer), attempt, surroundings));
      attempt += 1;
    } else return;
  }
}

/** Whether what has this status (0: no reply) after so many attempts is worth another one. */
export function mayPass(status: number, attempt: number): boolean {
  return attempt < ATTEMPTS && (status === 0 || PASSING.includes(status));
}

function wasNotSent(answer: Answer | NoReply): boolean {
  return answer instanceof NoReply && !answer.sent;
}

function askedWait(answer: Answer | NoReply): number | null {
  return answer instanceof NoReply ? null : answer.retryAfterMs;
}

/** As long as the service asks for; where it does not, twice as long each time, spread by a quarter to either side. */
export function waitMs(asked: number | null, attempt: number, { random }: Surroundings): number {
  return asked ?? Math.min(2 ** attempt * 1_000, LONGEST_BACKOFF_MS) * (0.75 + random() / 2);
}

async function paceAndSend(options: ChainOptions, context: Context, call: Call): Promise<Answer | NoReply> {
  const { pacer, surroundings } = options;
  await pacer.admit(call.cost);
  const sentAt = surroundings.clock.now();
  const answer = await signAndSend(options, context, call);
  call.isLate = surroundings.clock.now() - sentAt > LATE_MS;
  call.answer = answer;
  if (!(answer instanceof NoReply)) {
    const percentage = Number(answer.headers["x-ms-throttle-limit-percentage"]);
    if (Number.isFinite(percentage)) pacer.heed(percentage);
  }
  return answer;
}

async function signAndSend(options: ChainOptions, context: Context, call: Call): Promise<Answer | NoReply> {
  const { root, tokens, transport, surroundings } = options;
  const url = String(context.request);
  if (!url.startsWith(`${root}/`))
    throw new MusterError("MUS-5201", { what: `${call.method} ${call.template} would go to another host` });
  call.token = await tokens.token();
  call.requestId = surroundings.requestId();
  const { body, headers } = context.options ?? {};
  const signed = new Headers(headers);
  signed.set("authorization", `Bearer ${call.token}`);
  signed.set("client-request-id", call.requestId);
  try {
    const method = call.method;
    const request = { method, headers: Object.fromEntries(signed), body: typeof body === "string" ? body : null };
    return read(await transport.send(url, request), surroundings);
  } catch (error) {
    if (error instanceof NoReply) return error;
    throw error;
  }
}

/** A success that cannot be read is no success; an error without a body is one all the same. */
function read(reply: WireReply, { clock }: Surroundings): Answer | NoReply {
  const { status, headers, body: text } = reply;
  const retryAfterMs = parseRetryAfter(headers["retry-after"], clock.now());
  if (text === "") return { status, headers, body: null, retryAfterMs };
  try {
    return { status, headers, body: JSON.parse(text) as unknown, retryAfterMs };
  } catch (cause) {
    if (status >= 200 && status < 300) return new NoReply(UNREADABLE, { sent: true, cause });
    return { status, headers, body: null, retryAfterMs };
  }
}

/** The reason of a reply that came and made no sense. */
export const UNREADABLE = "UnreadableReply";

/** Seconds, or a date (RFC 9110 section 10.2.3), as milliseconds from now; null where there is none. */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
