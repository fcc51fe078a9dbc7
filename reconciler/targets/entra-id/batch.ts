/**
 * Requests by twenty (json-batching). Replies come in any order and are put back into the order of the requests. An item
 * that is refused with 429 is sent again after its own Retry-After, together with those that were not sent yet; one
 * without a reply may have been carried out. Each item counts against the quota as if it had come alone.
 *
 * Items must not depend on each other, since no order is kept, and writes belong here only where repeating them does no
 * harm: a 429 inside a batch does not prove that nothing happened.
 */
import { type Answer, mayPass, parseRetryAfter, THROTTLED_ATTEMPTS, waitMs } from "./chain.js";
import type { GraphClient, GraphReply } from "./client.js";
import { type Cost, costOf } from "./costs.js";
import { failureOf, GraphFailure, isFailure, type Method } from "./failure.js";
import { type GraphPath, path } from "./paths.js";

export interface BatchItem {
  readonly method: Method;
  readonly path: GraphPath;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** As in GraphRequest: by default everything but a POST. */
  readonly repeatable?: boolean;
}

export type BatchAnswer =
  | { readonly ok: true; readonly status: number; readonly body: unknown }
  | { readonly ok: false; readonly failure: GraphFailure };

/** Items of one batch. */
export const BATCH_SIZE = 20;

interface Waiting {
  readonly index: number;
  readonly item: BatchItem;
  readonly attempt: number;
}

/**
 * The answers, in the order of the items, however many there are. A batch that fails as a whole fails each of its items;
 * MUS-5001, MUS-5002 and MUS-5201 are thrown as by GraphClient.send.
 */
export async function sendBatch(client: GraphClient, items: readonly BatchItem[]): Promise<readonly BatchAnswer[]> {
  const answers = new Map<number, BatchAnswer>();
  let waiting: readonly Waiting[] = items.map((item, index) => ({ index, item, attempt: 1 }));
  while (waiting.length > 0) {
    const round = waiting.slice(0, BATCH_SIZE);
    const results = await sendRound(client, round);
    const again: Waiting[] = [];
    let pause = 0;
    for (const [position, entry] of round.entries()) {
      const { answer, retryAfterMs } = results[position] ?? missing(entry.item, "");
      answers.set(entry.index, answer);
      if (answer.ok || !isRepeated(entry, answer.failure)) continue;
      again.push({ ...entry, attempt: entry.attempt + 1 });
      const wait = waitMs(retryAfterMs, entry.attempt, client.surroundings);
      if (answer.failure.meaning === "throttled") client.pacer.block(wait);
      else pause = Math.max(pause, wait);
    }
    if (pause > 0) await client.surroundings.sleep(pause);
    waiting = [...again, ...waiting.slice(round.length)];
  }
  return items.map((item, index) => answers.get(index) ?? missing(item, "").answer);
}

function isRepeated({ item, attempt }: Waiting, failure: GraphFailure): boolean {
  if (!isRepeatable(item)) return false;
  return failure.status === 429 ? attempt < THROTTLED_ATTEMPTS : mayPass(failure.status, attempt);
}

function isRepeatable({ method, repeatable = method !== "POST" }: BatchItem): boolean {
  return repeatable;
}

interface Result {
  readonly answer: BatchAnswer;
  readonly retryAfterMs: number | null;
}

async function sendRound(client: GraphClient, round: readonly Waiting[]): Promise<readonly Result[]> {
  const requests = round.map(({ item }, position) => ({
    id: String(position + 1),
    method: item.method,
    url: item.path.text,
    ...(item.body === undefined ? {} : { body: item.body }),
    ...headersOf(item),
  }));
  const costs = round.map(({ item }) => costOf(item.method, item.path));
  let reply: GraphReply;
  try {
    reply = await client.send({
      method: "POST",
      path: path`/$batch`,
      body: { requests },
      repeatable: round.every(({ item }) => isRepeatable(item)),
      cost: costs.reduce(sum),
    });
  } catch (error) {
    if (!isFailure(error)) throw error;
    return round.map(({ item }) => ({ answer: { ok: false, failure: failedWith(error, item) }, retryAfterMs: null }));
  }
  const byId = repliesById(reply.body);
  return round.map(({ item }, position) => {
    const found = byId.get(String(position + 1));
    return found === undefined ? missing(item, reply.requestId) : resultOf(client, item, found, reply.requestId);
  });
}

function sum(left: Cost, right: Cost): Cost {
  return { units: left.units + right.units, writes: left.writes + right.writes };
}

function headersOf({ body, headers = {} }: BatchItem) {
  const all = body === undefined ? headers : { "Content-Type": "application/json", ...headers };
  return Object.keys(all).length === 0 ? {} : { headers: all };
}

/** Ids are compared without case. */
function repliesById(body: unknown): Map<string, Record<string, unknown>> {
  const responses = (body as { readonly responses?: unknown } | null)?.responses;
  if (!Array.isArray(responses)) return new Map();
  const objects = responses.filter(
    (each): each is Record<string, unknown> => typeof each === "object" && each !== null,
  );
  return new Map(objects.map((each) => [String(each.id).toLowerCase(), each]));
}

function resultOf(client: GraphClient, item: BatchItem, reply: Record<string, unknown>, requestId: string): Result {
  const status = Number(reply.status);
  if (!Number.isInteger(status)) return missing(item, requestId);
  const body = reply.body ?? null;
  if (status >= 200 && status < 300) return { answer: { ok: true, status, body }, retryAfterMs: null };
  const retryAfterMs = retryAfterOf(reply.headers, client.surroundings.clock.now());
  const answer: Pick<Answer, "status" | "body" | "retryAfterMs"> = { status, body, retryAfterMs };
  const failure = failureOf(nameOf(item, requestId), answer);
  const isDoubtful = status === 429 && item.method !== "GET";
  if (!isDoubtful) return { answer: { ok: false, failure }, retryAfterMs };
  const doubtful = new GraphFailure(failure.request, { ...failure, mayHaveHappened: true });
  return { answer: { ok: false, failure: doubtful }, retryAfterMs };
}

function retryAfterOf(headers: unknown, now: number): number | null {
  const entries = typeof headers === "object" && headers !== null ? Object.entries(headers) : [];
  const value = entries.find(([name]) => name.toLowerCase() === "retry-after")?.[1];
  return value === undefined ? null : parseRetryAfter(String(value), now);
}

function nameOf({ method, path }: BatchItem, requestId: string) {
  return { method, template: path.template, requestId };
}

/** The batch came back without it. */
function missing(item: BatchItem, requestId: string): Result {
  const mayHaveHappened = item.method !== "GET";
  const detail = { status: 0, code: "", meaning: "lost", mayHaveHappened, reason: "NotInBatch" } as const;
  return { answer: { ok: false, failure: new GraphFailure(nameOf(item, requestId), detail) }, retryAfterMs: null };
}

function failedWith(failure: GraphFailure, item: BatchItem): GraphFailure {
  const mayHaveHappened = failure.mayHaveHappened && item.method !== "GET";
  return new GraphFailure(nameOf(item, failure.request.requestId), { ...failure, mayHaveHappened });
}
