/**
 * What works around the handlers: quotas (`gate`), replica lag (`views`), protections, and what happens by itself
 * (`background`). Each part has a file with an `install...(tenant)` function that is called here.
 */
import { installExpiry } from "./deleted.js";
import type { TenantState } from "./state.js";

export function installParts(tenant: TenantState): void {
  installExpiry(tenant);
}
