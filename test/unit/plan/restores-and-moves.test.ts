/** Moves and restores that meet somebody: each was planned once, and refused by the directory, or held back without need. */
import { describe, expect, it } from "vitest";
import { AD_LIKE, GRAPH_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { memoryTarget } from "../../../reconciler/targets/memory/target.js";
import { type GoldenCase, type Step, workerFrom } from "../../golden/case-file.js";
import { Story } from "../../golden/story.js";
import { policiesFrom } from "../../support/policies.js";
import { type RunResult, Simulation } from "../../support/simulation.js";

const ou = (name: string) => `OU=${name},OU=People,DC=corp,DC=example`;
const RESTORE = {
  kind: "Target",
  name: "corp-ad",
  allow: ["create", "update", "rename", "move", "enable", "disable", "delete", "restore"],
};
const BY_DEPARTMENT = {
  kind: "Mapping",
  name: "ad-people",
  container: {
    default: { constant: "$missing", value: `Switch([job.department], "${ou("Staff")}", "Sales", "${ou("Joiners")}")` },
  },
};
const LOGIN = "ToLower(Append(Left([name.given], 1), [name.family]))";
const ANNA = { 101: { name: "Anna Huber", from: "2024-01-08" } };
const ANNA_AND_BO = { ...ANNA, 102: { name: "Bo Ng", from: "2024-02-08" } };

async function begin(workers: object, policy: object[] = [RESTORE], directory: object[] = []) {
  const story = new Story({ title: "", why: "", workers, policy, directory, steps: [] } as unknown as GoldenCase);
  await story.begin("2026-03-01T09:00+01:00");
  const dir = story.target.directory;
  const anchor = (id: string) => story.ledgerOf(id)?.current?.anchor ?? "";
  const play = async (at: string, more: Partial<Step> = {}) =>
    told((await story.play({ at: `2026-${at}T09:00+01:00`, story: "", expect: "", check: [], ...more })).result);
  return { story, dir, anchor, play };
}

/** Ops, findings, and what the directory did not do. */
function told({ plan, executed }: RunResult) {
  return {
    verbs: plan.ops.map(({ verb }) => verb),
    kinds: plan.findings.map(({ kind }) => kind),
    next: plan.findings.map(({ next }) => next).join(" "),
    failed: executed.flatMap(({ op, outcome }) => (outcome.kind === "failed" ? [`${op.verb} ${op.label}`] : [])),
  };
}

describe("moves", () => {
  it("not to a place whose holder's move is held as a fight", async () => {
    const workers = {
      101: { ...ANNA[101], lastDay: "2026-03-04" },
      102: { ...ANNA[101], job: { department: "Sales" } },
    };
    const directory = [
      {
        add: "Anna Huber",
        in: "Staff",
        set: { employeeID: "101", sAMAccountName: "ahuber", userPrincipalName: "ahuber@corp.example" },
      },
    ];
    const story = new Story({
      title: "",
      why: "",
      workers,
      policy: [BY_DEPARTMENT],
      directory,
      steps: [],
    } as unknown as GoldenCase);
    const dir = story.target.directory;
    const other = dir.addAccount({
      container: ou("Joiners"),
      attributes: {
        cn: "Anna Huber",
        employeeID: "102",
        sAMAccountName: "annahuber",
        userPrincipalName: "annahuber@corp.example",
      },
    });
    await story.begin("2026-03-01T09:00+01:00");
    let last = null;
    for (const day of ["02", "03", "04", "05"]) {
      dir.moveAccount(other, ou("Leavers"));
      last = told((await story.play({ at: `2026-03-${day}T09:00+01:00`, story: "", expect: "", check: [] })).result);
    }
    expect(last?.failed).toEqual([]); // move Anna Huber
    expect(last?.kinds).toEqual(["fight", "fight"]);
  });

  it("after the account's own rename", async () => {
    const follow = {
      userPrincipalName: {
        unique: { candidates: [`Join("@", ${LOGIN}, "corp.example")`], within: "all", onRename: "follow" },
      },
      mail: { value: "[account.userPrincipalName]" },
    };
    const { dir, play } = await begin(ANNA_AND_BO, [{ ...BY_DEPARTMENT, attributes: follow }]);
    dir.addAccount({ attributes: { cn: "Anna Huber" }, container: ou("Joiners") });
    const hr = { 101: { name: "Berta Ng", job: { department: "Sales" } }, 102: { name: "Bo Zett" } };
    expect((await play("03-02", { hr })).failed).toEqual([]); // move Berta Ng
  });

  it("not to a place that a contact has", async () => {
    const { dir, play } = await begin({ 101: { ...ANNA[101], lastDay: "2026-03-31" } });
    dir.addOther({ attributes: { cn: "Anna Huber" }, container: ou("Leavers") });
    expect((await play("04-02")).kinds).toContain("place-taken");
  });

  it("not to a place that somebody has whose cn differs in marks only (foldName, MS-ADTS 6.5)", async () => {
    const { dir, play } = await begin({ 101: { name: "Jose Ruiz", from: "2024-01-08", lastDay: "2026-03-31" } });
    dir.addAccount({ attributes: { cn: "José Ruiz" }, container: ou("Leavers") });
    expect((await play("04-02")).kinds).toContain("place-taken");
  });
});

describe("restores", () => {
  it("a login that is only reported (onDrift: notify) is not let go", async () => {
    const rule = { onDrift: "notify", unique: { candidates: [LOGIN], onRename: "follow", within: "forest" } };
    const { dir, anchor, play } = await begin(ANNA_AND_BO, [
      RESTORE,
      { kind: "Mapping", name: "ad-people", attributes: { sAMAccountName: rule } },
    ]);
    dir.deleteObject(anchor("101"));
    dir.editAccount(anchor("102"), { sAMAccountName: "ahuber" });
    const { kinds, failed } = await play("03-05");
    expect(failed).toEqual([]); // restore Anna Huber
    expect(kinds).toContain("restore-blocked");
  });

  it("a login whose rename is held as a fight is not let go", async () => {
    const { dir, anchor, play } = await begin(ANNA_AND_BO);
    for (const day of ["02", "03", "04"]) {
      dir.editAccount(anchor("102"), { sAMAccountName: `hand${day}` });
      await play(`03-${day}`);
    }
    dir.deleteObject(anchor("101"));
    dir.editAccount(anchor("102"), { sAMAccountName: "ahuber" });
    const { kinds, failed } = await play("03-05");
    expect(failed).toEqual([]); // restore Anna Huber
    expect(kinds.filter((kind) => kind === "fight")).toHaveLength(2);
  });

  it("one that is blocked does not block another", async () => {
    const { dir, anchor, play } = await begin(ANNA_AND_BO);
    const bo = anchor("102");
    for (const id of ["101", "102"]) dir.deleteObject(anchor(id));
    const record = dir.deleted.get(bo);
    if (record !== undefined)
      dir.deleted.set(bo, {
        ...record,
        attributes: { ...record.attributes, userPrincipalName: "ahuber@corp.example" },
      });
    dir.addAccount({
      attributes: { cn: "Vendor", sAMAccountName: "ahuber" },
      container: "OU=Vendors,DC=corp,DC=example",
    });
    expect((await play("03-02")).verbs).toEqual(["restore"]); // Bo's
  });

  it("a mail address that no mapping names, shared with a mailbox all along, blocks nothing in AD", async () => {
    const directory = [
      {
        add: "Anna Huber",
        in: "Staff",
        set: {
          employeeID: "101",
          sAMAccountName: "ahuber",
          userPrincipalName: "ahuber@corp.example",
          mail: "sales@corp.example",
        },
      },
      { add: "Sales", in: "Vendors", set: { sAMAccountName: "sales", proxyAddresses: ["smtp:sales@corp.example"] } },
    ];
    const { dir, anchor, play } = await begin(ANNA, [RESTORE], directory);
    dir.deleteObject(anchor("101"));
    expect((await play("03-02")).verbs).toEqual(["restore"]);
  });

  it("nor does a mailNickname in a tenant with two domains", async () => {
    const unique = { userPrincipalName: "address", mail: "address" };
    const target = memoryTarget({ ...GRAPH_LIKE, lag: 0, name: "contoso", managed: { accounts: ["tenant"] }, unique });
    const policies =
      policiesFrom(`{ kind: Environment, name: production, targets: [contoso], records: { branch: main } }
---
{ kind: Target, name: contoso, type: entra-id, tenant: contoso.example, credential: { clientId: muster, secret: "env:MUSTER_ENTRA_SECRET" }, managed: { accounts: [tenant] }, claim: onPremisesExtensionAttributes.extensionAttribute15, allow: [create, update, restore] }
---
{ kind: Scope, name: everybody, all: [{ attribute: type, operator: EQUALS, value: employee }] }
---
{ kind: Lifecycle, name: standard, active: { account: enabled, create: true } }
---
kind: Mapping
name: people
target: contoso
account: provision
scope: everybody
lifecycle: standard
match: [{ attribute: employeeId, value: "[id]" }]
attributes:
  employeeId: { value: "[id]", apply: create-only }
  displayName: { value: "[name.given]" }
  userPrincipalName: { unique: { candidates: ['ToLower(Join("@", [name.given], [job.company]))'] } }
`);
    const workers = ["a", "b"].map((x) =>
      workerFrom(x, { name: "Ann Lee", from: "2024-01-08", job: { company: `${x}.example` } }, undefined),
    );
    const simulation = new Simulation({
      policies,
      workers,
      sources: {},
      targets: { contoso: target },
      environment: "production",
    });
    await simulation.run("2026-03-01T09:00+01:00");
    const accounts = [...target.directory.records.values()];
    for (const { anchor } of accounts) target.directory.editAccount(anchor, { mailNickname: "ann" });
    target.directory.deleteObject(accounts[0]?.anchor ?? "");
    expect(told(await simulation.run("2026-03-02T09:00+01:00")).verbs).toEqual(["restore"]);
  });

  it("where a name is only retained the finding does not ask for another object's name to be changed", async () => {
    const grace = { kind: "Lifecycle", name: "standard", delete: { after: "30d disabled" } };
    const { play } = await begin(ANNA, [{ ...RESTORE, allow: RESTORE.allow.slice(0, -1) }, grace]);
    await play("03-02", {
      admin: [{ delete: "Anna Huber" }],
      hr: { 102: { name: "Adam Huber", from: "2026-03-02", lastDay: "2026-03-10" } },
    });
    await play("03-12");
    await play("04-20"); // Adam's account is deleted, ahuber retained for him
    expect((await play("04-21", { policy: [RESTORE] })).next).not.toContain("Give the other object another name");
  });

  it("a name that policy wants unique in the forest and an account of the other domain has", async () => {
    const bases = { "corp-de": "DC=de,DC=corp", "corp-us": "DC=us,DC=corp" };
    const names = Object.keys(bases) as (keyof typeof bases)[];
    const policies = policiesFrom(
      [
        `{ kind: Environment, name: production, targets: [${names}], records: { branch: main } }`,
        "{ kind: Lifecycle, name: standard, active: { account: enabled, create: true } }",
        ...names.flatMap((name) => [
          `{ kind: Target, name: ${name}, type: memory, base: "${bases[name]}", forest: corp, managed: { accounts: ["OU=People,${bases[name]}"] }, claim: employeeNumber, allow: [create, update, restore] }`,
          `{ kind: Scope, name: ${name}, all: [{ attribute: job.country, operator: EQUALS, value: ${name} }] }`,
          `{ kind: Mapping, name: ${name}, target: ${name}, account: provision, scope: ${name}, lifecycle: standard, match: [{ attribute: employeeID, value: "[id]" }], container: { default: { constant: "OU=People,${bases[name]}" } }, attributes: { employeeID: { value: "[id]" }, sAMAccountName: { unique: { candidates: ["[name.family]"], within: forest } }, cn: { unique: { candidates: ["[id]"] } } } }`,
        ]),
      ].join("\n---\n"),
    );
    const targets = Object.fromEntries(
      names.map((name, i) => [
        name,
        memoryTarget({ ...AD_LIKE, name, managed: { accounts: [`OU=People,${bases[name]}`] }, seed: i + 1 }),
      ]),
    );
    const worker = (id: string, country: string) =>
      workerFrom(id, { name: "Anna Huber", from: "2024-01-08", job: { country } }, undefined);
    const simulation = new Simulation({
      policies,
      workers: [worker("101", "corp-de")],
      sources: {},
      targets,
      environment: "production",
    });
    await simulation.run("2026-03-01T09:00+01:00");
    const dir = targets["corp-de"]?.directory;
    const account = [...(dir?.records.values() ?? [])][0];
    if (dir === undefined || account === undefined) throw new Error("no account");
    dir.deleteObject(account.anchor);
    targets["corp-us"]?.directory.addAccount({ attributes: { cn: "x", sAMAccountName: "Huber" } });
    expect(told(await simulation.run("2026-03-02T09:00+01:00")).kinds).toContain("restore-blocked");
  });

  it("a restore under another cn is a rename: not where the Target does not allow one", async () => {
    const { dir, anchor, play } = await begin(ANNA, [
      { ...RESTORE, allow: ["create", "update", "move", "enable", "disable", "restore"] },
    ]);
    dir.deleteObject(anchor("101"));
    dir.addAccount({ attributes: { cn: "Anna Huber" }, container: ou("Joiners") });
    expect((await play("03-02")).kinds).toContain("restore-blocked");
  });
});
