/** The driver's client before a scripted server, in virtual time. */
import { GraphClient } from "../../reconciler/targets/entra-id/client.js";
import { Pacer } from "../../reconciler/targets/entra-id/pacer.js";
import { sharedToken } from "../../reconciler/targets/entra-id/token.js";
import { openTransport } from "../../reconciler/targets/entra-id/transport.js";
import { type ScriptedServer, startScriptedServer } from "./scripted-graph.js";
import { type VirtualTime, virtualTime } from "./virtual-time.js";

export interface ScriptedClient {
  readonly server: ScriptedServer;
  readonly time: VirtualTime;
  readonly client: GraphClient;
  /** How often a token was asked for; each is "token-<n>". */
  readonly tokens: () => number;
  close(): Promise<void>;
}

export interface ScriptedClientOptions {
  readonly requestTimeout?: number;
  /** Trusts nobody that Node does not trust. */
  readonly withoutCa?: boolean;
}

export async function scriptedClient(options: ScriptedClientOptions = {}): Promise<ScriptedClient> {
  const server = await startScriptedServer();
  const time = virtualTime();
  let asked = 0;
  const client = new GraphClient({
    target: "entra",
    root: server.url,
    tokens: sharedToken(async () => {
      asked += 1;
      return { token: `token-${asked}`, lifetimeMs: 3_599_000 };
    }, time.clock),
    pacer: new Pacer({ clock: time.clock, sleep: time.sleep }),
    transport: openTransport({
      ca: options.withoutCa === true ? undefined : server.ca,
      requestTimeout: options.requestTimeout,
    }),
    surroundings: time,
  });
  return {
    server,
    time,
    client,
    tokens: () => asked,
    async close() {
      await client.close();
      await server.close();
    },
  };
}
