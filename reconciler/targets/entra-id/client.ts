/** The one way to Graph. Requests go through Microsoft's client and a chain of our own; replies are read by us. */
import type { GraphRequest as ApiRequest, Client, ResponseType } from "@microsoft/microsoft-graph-client";
import { Call, graphChain, UNREADABLE } from "./chain.js";
import { type Cost, costOf } from "./costs.js";
import { failureOf, GraphFailure, type Method } from "./failure.js";
import { type GraphRoot, VERSION } from "./links.js";
import type { Pacer } from "./pacer.js";
import type { GraphPath } from "./paths.js";
import type { Surroundings } from "./surroundings.js";
import type { TokenSource } from "./token.js";
import { NoReply, type Transport } from "./transport.js";

export interface GraphRequest {
  readonly method: Method;
  readonly path: GraphPath;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Whether carrying it out twice does no harm, so that it is sent again after 5xx or a lost reply. By default
   * everything but a POST.
   */
  readonly repeatable?: boolean;
  /** What it counts against the quota; by default from method and path. */
  readonly cost?: Cost;
}

export interface GraphReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** null where there is none, as with 204. */
  readonly body: unknown;
  /** `client-request-id` of the attempt that succeeded. */
  readonly requestId: string;
}

export interface GraphClientOptions {
  /** Name of the target, for errors. */
  readonly target: string;
  readonly root: GraphRoot;
  readonly tokens: TokenSource;
  readonly pacer: Pacer;
  readonly transport: Transport;
  readonly surroundings: Surroundings;
}

/** Microsoft's client, and how it is told to leave replies as they are. */
interface Loaded {
  readonly client: Client;
  readonly raw: ResponseType;
}

export class GraphClient {
  readonly target: string;
  readonly root: GraphRoot;
  readonly pacer: Pacer;
  readonly surroundings: Surroundings;
  readonly #load: () => Promise<Loaded>;
  #loading: Promise<Loaded> | null = null;
  readonly #transport: Transport;

  constructor(options: GraphClientOptions) {
    this.root = options.root;
    this.target = options.target;
    this.pacer = options.pacer;
    this.surroundings = options.surroundings;
    this.#transport = options.transport;
    // Loaded with the first request: commands that have nothing to do with a tenant would wait for it.
    this.#load = async () => {
      const { Client, ResponseType } = await import("@microsoft/microsoft-graph-client");
      const middleware = graphChain(options);
      const client = Client.initWithMiddleware({ baseUrl: options.root, defaultVersion: VERSION, middleware });
      return { client, raw: ResponseType.RAW };
    };
  }

  /** The reply of a request that succeeded (2xx). Throws GraphFailure, MUS-5001, MUS-5002 or MUS-5201. */
  async send(request: GraphRequest): Promise<GraphReply> {
    const { method, path, body, headers = {}, repeatable = method !== "POST" } = request;
    const cost = request.cost ?? costOf(method, path);
    const call = new Call({ method, template: path.template, cost, repeatable });
    this.#loading ??= this.#load();
    const { client, raw } = await this.#loading;
    const api = client
      .api(path.text)
      .responseType(raw)
      .middlewareOptions([call])
      .headers({ ...headers });
    try {
      await dispatch(api, method, body);
    } catch (error) {
      throw call.thrown ?? error;
    }
    return conclude(call);
  }

  /** The body of a GET. Throws as `send` does. */
  async get(path: GraphPath, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return (await this.send({ method: "GET", path, headers })).body;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

function dispatch(api: ApiRequest, method: Method, body: unknown): Promise<unknown> {
  switch (method) {
    case "GET":
      return api.get();
    case "POST":
      return api.post(body);
    case "PATCH":
      return api.patch(body);
    case "PUT":
      return api.put(body);
    case "DELETE":
      return api.delete();
  }
}

function conclude(call: Call): GraphReply {
  const { answer, name, method } = call;
  const isWrite = method !== "GET";
  if (answer === null || answer instanceof NoReply) {
    const reason = answer?.message ?? "NoReply";
    const mayHaveHappened = isWrite && answer?.sent !== false;
    const meaning = reason === UNREADABLE ? "unreadable" : "lost";
    throw new GraphFailure(name, { status: 0, code: "", meaning, mayHaveHappened, reason });
  }
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) return { status, headers, body, requestId: call.requestId };
  const failure = failureOf(name, answer);
  if (status !== 429 || !isWrite || !call.isLate) throw failure;
  throw new GraphFailure(name, { ...failure, mayHaveHappened: true });
}
