/**
 * Watches a whole test: `observe` is given to the sandbox tenant, which calls it with every request and its reply. All
 * problems are kept, without values, until the test asks.
 */
import { replyProblems, requestProblems } from "./contract.js";

export interface ObservedRequest {
  readonly method: string;
  /** "/v1.0/..." with the query; anything else (tokens) is none of Graph's. */
  readonly path: string;
  readonly body: string | null;
}

export interface ObservedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface ContractObserver {
  observe(request: ObservedRequest, reply: ObservedReply): void;
  /** Each problem once, in the order in which they were seen first. */
  problems(): readonly string[];
  /** Exchanges that were looked at. */
  count(): number;
}

export interface ObserverOptions {
  /** Requests that are wrong on purpose, as `curl` or a hostile test sends them: only the reply is looked at. */
  readonly foreign?: (request: ObservedRequest) => boolean;
}

export function contractObserver({ foreign = () => false }: ObserverOptions = {}): ContractObserver {
  const problems = new Set<string>();
  let count = 0;
  return {
    observe(request, reply) {
      if (!request.path.startsWith("/v1.0/")) return;
      count += 1;
      const { method, path } = request;
      const asked = parse(request.body);
      const answered = parse(reply.body);
      const found: string[] = [];
      if (asked === UNREADABLE) found.push(`${method}: the body of a request is not JSON`);
      else if (!foreign(request)) found.push(...requestProblems(method, path, asked));
      if (answered !== UNREADABLE) found.push(...replyProblems(method, path, reply.status, answered, asked));
      else if (!isGatewayPage(reply)) found.push(`${method}: the body of a reply ${reply.status} is not JSON`);
      for (const problem of found) problems.add(problem);
    },
    problems: () => [...problems],
    count: () => count,
  };
}

/** Throws with all that was seen, and when nothing was. */
export function assertContract(observer: ContractObserver): void {
  const problems = observer.problems();
  if (problems.length > 0) throw new Error(`the contract of Graph is broken:\n${problems.join("\n")}`);
  if (observer.count() === 0) throw new Error("no request to Graph was seen, so nothing was checked");
}

const UNREADABLE = Symbol("not JSON");

function parse(body: string | null): unknown {
  if (body === null || body === "") return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return UNREADABLE;
  }
}

/** What stands before Graph answers 502, 503 and 504 with a page of its own. */
function isGatewayPage({ status, headers }: ObservedReply): boolean {
  return status >= 500 && !(headers["content-type"] ?? "").includes("json");
}
