/**
 * POST /$batch (graph.md section 11, [D 2]): up to 20 requests in one, executed and answered in another order than they
 * came, unless dependsOn says otherwise. An item fails alone; what depends on it fails with 424.
 */
import { badRequest, GraphFailure } from "./errors.js";
import type { Json } from "./relations.js";
import { bodyObject, isObject, type Reply, type TenantReply } from "./request.js";
import { type Route, route } from "./router.js";
import type { RequestContext } from "./state.js";

const MAX_ITEMS = 20;
const METHODS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);

interface Item {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
  readonly dependsOn: readonly string[];
}

async function executeBatch(context: RequestContext): Promise<Reply> {
  const items = readItems(bodyObject(context).requests);
  const done = new Map<string, { readonly status: number; readonly response: Json }>();
  const waiting = shuffle(items);
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ dependsOn }) => dependsOn.every((id) => done.has(id)));
    const [item] = waiting.splice(at, 1);
    if (item === undefined) break;
    const isBlocked = item.dependsOn.some((id) => (done.get(id)?.status ?? 0) >= 400);
    done.set(item.id.toLowerCase(), isBlocked ? blocked(item) : await executeItem(context, item));
  }
  return { status: 200, body: { responses: [...done.values()].map(({ response }) => response) } };
}

/** An order that is not the one in which they came: every second one first. Always the same for the same batch. */
function shuffle(items: readonly Item[]): Item[] {
  return [...items.filter((_, at) => at % 2 === 1), ...items.filter((_, at) => at % 2 === 0)];
}

async function executeItem(
  context: RequestContext,
  { id, method, url, headers, body }: Item,
): Promise<{ status: number; response: Json }> {
  const { authorization, "x-sandbox-connection": connection = "" } = context.headers;
  const reply = await context.tenant.dispatch(
    {
      method,
      path: `/v1.0${url.startsWith("/") ? "" : "/"}${url}`,
      headers: {
        ...headers,
        ...(authorization === undefined ? {} : { authorization }),
        "x-sandbox-connection": connection,
      },
      body: body === undefined ? null : JSON.stringify(body),
    },
    context.caller,
  );
  return { status: reply.status, response: renderItem(id, reply) };
}

function renderItem(id: string, { status, headers, body }: TenantReply): Json {
  const shown = Object.entries(headers).map(([name, value]) => [properCase(name), value] as const);
  return { id, status, headers: Object.fromEntries(shown), ...(body === null ? {} : { body: readReply(body) }) };
}

/** Header names of items come as the services write them, such as Retry-After. */
function properCase(name: string): string {
  return name.startsWith("x-ms-") ? name : name.replace(/(^|-)([a-z])/g, (part) => part.toUpperCase());
}

function readReply(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}

function blocked({ id }: Item): { status: number; response: Json } {
  const error = { code: "", message: "Failed Dependency" };
  return { status: 424, response: { id, status: 424, headers: {}, body: { error } } };
}

function readItems(requests: Json | undefined): Item[] {
  if (!Array.isArray(requests)) throw invalid("Invalid batch payload format.");
  if (requests.length > MAX_ITEMS) {
    throw new GraphFailure(
      400,
      "MaximumValueExceeded",
      `Number of batch request steps exceeds the maximum value of ${MAX_ITEMS}.`,
    );
  }
  const items = requests.map((request: Json) => readItem(request));
  const seen = new Set<string>();
  for (const { id, dependsOn } of items) {
    if (seen.has(id.toLowerCase())) throw invalid(`Duplicate id '${id}' in the batch.`);
    // Only what stands before may be named: so nothing can depend on itself.
    const unknown = dependsOn.find((name) => !seen.has(name));
    if (unknown !== undefined) throw invalid(`dependsOn names '${unknown}', which is no earlier request.`);
    seen.add(id.toLowerCase());
  }
  return items;
}

function readItem(request: Json): Item {
  if (!isObject(request)) throw invalid("Invalid batch payload format.");
  const { id, method, url, headers = {}, body, dependsOn = [] } = request;
  if (typeof id !== "string" || id === "") throw invalid("Each request of a batch needs an id.");
  const verb = typeof method === "string" ? method.toUpperCase() : "";
  if (!METHODS.has(verb)) throw invalid(`The method of request '${id}' is not valid.`);
  if (typeof url !== "string" || /^https?:/i.test(url) || /^\/?\$batch\b/.test(url)) {
    throw invalid(`The url of request '${id}' is not valid: it must be relative to the version.`);
  }
  if (!isObject(headers) || !Array.isArray(dependsOn)) throw invalid("Invalid batch payload format.");
  const names = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return {
    id,
    method: verb,
    url,
    headers: Object.fromEntries(names),
    body: body ?? undefined,
    dependsOn: dependsOn.map((name: Json) => String(name).toLowerCase()),
  };
}

function invalid(message: string): GraphFailure {
  const failure = badRequest(message);
  return new GraphFailure(failure.status, "BadRequest", failure.message);
}

export const BATCH_ROUTES: readonly Route[] = [route("POST", "/$batch", null, executeBatch)];
