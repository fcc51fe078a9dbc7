/** The wire without a wire: a driver's requests go straight to a tenant. */
import { ConnectionCut, type Tenant } from "../../reconciler/sandbox/tenant-server.js";
import { NoReply, type Transport } from "../../reconciler/targets/entra-id/transport.js";

export function directTransport(tenant: Pick<Tenant, "url" | "handle">): Transport {
  return {
    async send(url, { method, headers, body }) {
      try {
        const path = url.slice(tenant.url.length);
        const reply = await tenant.handle({ method, path, headers, body });
        return { status: reply.status, headers: reply.headers, body: reply.body ?? "" };
      } catch (error) {
        if (error instanceof ConnectionCut) throw new NoReply("ECONNRESET", { sent: true, cause: error });
        throw error;
      }
    },
    close: async () => {},
  };
}
