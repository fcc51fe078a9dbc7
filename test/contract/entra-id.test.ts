import { describeAlongWithCreate } from "./along-with-create.js";
import { TENANT_TERMS, tenantHarness } from "./harness-tenant.js";
import { describeTargetPort } from "./target-port.js";

describeTargetPort("Entra ID driver on the sandbox tenant", () => tenantHarness(), TENANT_TERMS);
describeAlongWithCreate("Entra ID driver on the sandbox tenant", () => tenantHarness(), TENANT_TERMS);
