/** Policies of a tenant: what belongs to which type of target, what a licence and a link need. */
import { describe, expect, it } from "vitest";
import { compilePolicies } from "../../../reconciler/policy/compile.js";
import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";
import { AD_LIKE, GRAPH_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { compileDocuments, mergePolicies, readBasePolicies } from "../../golden/case-file.js";

type Change = Readonly<Record<string, unknown>>;

const capabilities = (type: string) => (type === "entra-id" ? GRAPH_LIKE : AD_LIKE).capabilities;

/** Codes and sentences of the errors that the base policies have after these changes. */
function errorsOf(...changes: readonly Change[]): string[] {
  try {
    compilePolicies(
      compileDocuments(mergePolicies(readBasePolicies("with-tenant"), changes)),
      "production",
      capabilities,
    );
    return [];
  } catch (error) {
    const errors = error instanceof MusterErrors ? error.errors : [error as MusterError];
    if (!errors.every((one) => one instanceof MusterError)) throw error;
    return errors.map(({ code, what }) => `${code} ${what}`);
  }
}

const CONTOSO = { kind: "Target", name: "contoso" };
const CORP = { kind: "Target", name: "corp-ad", type: "active-directory" };
const PEOPLE = { kind: "Mapping", name: "entra-people" };

describe("a target", () => {
  it("of the base policies is right", () => {
    expect(errorsOf()).toEqual([]);
  });

  it.each([
    ["url", "ldaps://dc.corp.example"],
    ["bind", { user: "u", password: "env:MUSTER_X" }],
    ["base", "DC=corp"],
    ["forest", "corp"],
    ["createContainers", true],
    ["consistencyGuid", "stamp"],
  ])("in Entra ID has no %s", (field, value) => {
    expect(errorsOf({ ...CONTOSO, [field]: value })).toEqual([
      `MUS-1110 ${field} of target contoso is a setting of Active Directory, and the target is Entra ID`,
    ]);
  });

  it.each([
    ["tenant", "contoso.example"],
    ["credential", { managedIdentity: true }],
    ["graph", "https://graph.example"],
    ["authority", "https://login.example"],
    ["temporaryAccessPass", { once: true }],
  ])("in Active Directory has no %s", (field, value) => {
    expect(errorsOf({ ...CORP, [field]: value })).toEqual([
      `MUS-1110 ${field} of target corp-ad is a setting of Entra ID, and the target is Active Directory`,
    ]);
  });

  it("in Entra ID moves nothing", () => {
    expect(errorsOf({ ...CONTOSO, allow: ["create", "move"] })).toEqual([
      "MUS-1110 target contoso allows move, and Entra ID has no containers",
    ]);
  });

  it.each([
    { clientId: "c", secret: "s" },
    { clientId: "c", certificateFile: "/c.pem" },
    { clientId: "c", federated: "github" },
    { managedIdentity: true },
    { managedIdentity: true, clientId: "c" },
  ])("signs in by %j", (credential) => {
    expect(errorsOf({ ...CONTOSO, credential: { clientId: "$missing", secret: "$missing", ...credential } })).toEqual(
      [],
    );
  });

  it("signs in by one of them only", () => {
    const credential = { clientId: "c", secret: "s", certificateFile: "/c.pem" };
    expect(errorsOf({ ...CONTOSO, credential })[0]).toMatch(/^MUS-1003 .*certificateFile/);
  });
});

describe("an entitlement", () => {
  const E3 = { kind: "Entitlement", name: "e3" };

  it.each([
    ["neither a group nor a licence", { ...E3, licence: "$missing" }],
    ["a group and a licence", { ...E3, group: "All Cloud" }],
  ])("that names %s is refused", (words, change) => {
    expect(errorsOf(change)).toEqual([`MUS-1110 entitlement e3 names ${words}`]);
  });

  it("of a licence needs a target that has licences", () => {
    expect(errorsOf({ ...E3, target: "corp-ad" })).toEqual([
      "MUS-1109 entitlement e3 grants a licence, and corp-ad has no licences",
    ]);
  });

  it("of a group and one of a product may have one name, and differ in membership", () => {
    const exclusive = { exclusive: { since: "2027-01-01" } };
    expect(errorsOf({ kind: "Entitlement", name: "all-cloud", group: "E3", membership: exclusive })).toEqual([]);
  });
});

describe("a mapping that links", () => {
  it("writes only what stays writable on a synchronised account", () => {
    const change = { ...PEOPLE, attributes: { jobTitle: { value: "[job.title]" } } };
    expect(errorsOf(change)).toEqual([
      "MUS-1109 jobTitle of an account that comes from corp-ad is mastered there, and contoso does not let it be written",
    ]);
  });

  it("has no match rules", () => {
    expect(errorsOf({ ...PEOPLE, match: [{ attribute: "employeeId", value: "[id]" }] })).toEqual([
      "MUS-1110 mapping entra-people links to corp-ad and has match rules: an account is found by the one that it comes from",
    ]);
  });

  it.each(["contoso", "elsewhere"])("does not link to %s", (link) => {
    expect(errorsOf({ ...PEOPLE, account: { link } })).toEqual([
      `MUS-1110 mapping entra-people links to ${link}, which is no directory of this environment that is synchronised`,
    ]);
  });

  it("links to a directory whose accounts are made by a mapping of the same kind", () => {
    expect(errorsOf({ ...PEOPLE, per: "worker" })).toEqual([
      "MUS-1110 mapping entra-people links to corp-ad, where no mapping per worker makes the accounts",
    ]);
  });

  it("does not link a directory", () => {
    expect(errorsOf({ kind: "Mapping", name: "ad-people", account: { link: "contoso" } })).toContain(
      "MUS-1109 no accounts are synchronised into corp-ad",
    );
  });
});

describe("the task temporary-access-pass", () => {
  const asks = (stage: string) => ({
    kind: "Lifecycle",
    name: "cloud",
    [stage]: { account: "enabled", tasks: ["temporary-access-pass"] },
  });

  it("needs secrets to put the pass into", () => {
    expect(errorsOf(asks("active"))).toEqual([
      "MUS-1110 lifecycle cloud asks for temporary-access-pass, and target contoso has no secrets to put it into",
    ]);
  });

  it("is not for those who leave", () => {
    expect(errorsOf(asks("left"))[0]).toMatch(/^MUS-1002 .*temporary-access-pass/);
  });
});
