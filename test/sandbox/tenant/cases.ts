/** Runs a table of cases on one tenant. A case's name begins with its source in the notes on Graph: [D n] documented, [F] field, [U] unsourced. */
import { afterAll, beforeAll, describe, it } from "vitest";
import type { TenantOptions } from "../../../reconciler/sandbox/tenant-server.js";
import { type OpenedTenant, openTenant } from "./open-tenant.js";

export type Cases = Readonly<
  Record<`[${"D" | "F" | "U" | "M"}${string}] ${string}`, (t: OpenedTenant) => Promise<void>>
>;

export function describeCases(subject: string, cases: Cases, options: Partial<TenantOptions> = {}): void {
  describe(subject, () => {
    let opened: OpenedTenant;
    beforeAll(async () => {
      opened = await openTenant(options);
    });
    afterAll(() => opened.close());
    it.each(Object.entries(cases))("%s", (_name, run) => run(opened));
  });
}
