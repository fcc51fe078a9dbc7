/**
 * What works around the handlers: quotas (`gate`), replica lag (`views`), protections, and what happens by itself
 * (`background`). Each part has a file of its own; here they are put together.
 */
import { installExpiry } from "./deleted.js";
import { laggingViews } from "./lag.js";
import { protectTarget } from "./protections.js";
import type { TenantState } from "./state.js";
import { makeGate } from "./throttle.js";

export function installParts(tenant: TenantState): void {
  const { options, store } = tenant;
  tenant.gate = makeGate(tenant);
  if (options.lag) tenant.views = laggingViews(store, options.lag, tenant.now);
  tenant.protections.push(protectTarget);
  tenant.background.push((now) => tenant.licensing.run(tenant, now));
  installExpiry(tenant);
}
