/**
 * Least privilege on a real domain: what `muster doctor target --delegation` prints is run as it is, for an account that
 * may nothing else. With it the doctor has no problem and the driver's writes work; without one of its rights the doctor
 * names that right, and the driver's write is refused.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Attribute, Change, type Client } from "ldapts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Check, Needs } from "../../reconciler/model/check.js";
import type { Anchor } from "../../reconciler/model/observed.js";
import type { OpObject, Verb } from "../../reconciler/model/op.js";
import { compilePolicies } from "../../reconciler/policy/compile.js";
import { needsOf } from "../../reconciler/policy/needs.js";
import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import { capabilitiesOf } from "../../reconciler/targets/open.js";
import { documentedDelegation } from "../support/documented-delegation.js";
import { policiesFrom } from "../support/policies.js";
import { applyOne, type OpParts, readyOp } from "../support/ready-ops.js";
import { claimTerritory, describeReal, openAdmin, openDomain, type RealDomain, type Territory } from "./domain.js";

const PASSWORD = "Delegated-1-account";
const CLOCK = { now: () => Date.now() };

describeReal("the doctor and the delegation that it prints", () => {
  let domain: RealDomain;
  let admin: Client;
  let territory: Territory;
  let account: string;
  let target: ActiveDirectoryTarget;
  let byAdmin: ActiveDirectoryTarget;
  let writer: Needs;
  let group: Anchor;
  let lines: readonly string[];
  let serial = 0;

  beforeAll(async () => {
    domain = await openDomain();
    admin = await openAdmin(domain);
    territory = await claimTerritory(admin, domain);
    account = `svc${territory.tag}`;
    await addServiceAccount();
    const groupDn = `CN=Sales Drive ${territory.tag},${territory.groups}`;
    await admin.add(groupDn, { objectClass: ["group"], sAMAccountName: `sales${territory.tag}` });
    group = await anchorOf(groupDn);
    for (const name of ["All Staff", "Engineering", "Sales Drive"]) {
      const sAMAccountName = `${name} of ${territory.tag}`;
      await admin.add(`CN=${name},${territory.groups}`, { objectClass: ["group"], sAMAccountName });
    }
    writer = needs("writer");
    target = driver(`${account}@corp.example`, PASSWORD);
    byAdmin = driver(domain.user, domain.password);
    await byAdmin.open("writer");
    lines = await byAdmin.delegation(writer, "samba", account);
  });

  afterAll(async () => {
    await target.close();
    await byAdmin.close();
    await admin.unbind();
  });

  /** The example's own policies, in this suite's part of the domain. */
  function needs(role: Needs["role"]): Needs {
    const active = ["people", "entitlements", "sources/adventureworks", "targets/corp-ad"];
    const files = ["environment", ...active, "cloud", "contractors", "sources/contractors", "targets/corp-entra"];
    const yaml = files.map((name) => readFileSync(`policies/${name}.yaml`, "utf8")).join("\n---\n");
    const here = yaml.replace(/OU=(People|Groups),DC=corp,DC=example/g, `OU=$1,${territory.base}`);
    const policy = compilePolicies(policiesFrom(here), "sandbox", (type) => capabilitiesOf(type as "active-directory"));
    const found = needsOf(policy, "corp-ad", role);
    if (found === undefined) throw new Error("the example has no target corp-ad");
    return found;
  }

  function driver(user: string, password: string): ActiveDirectoryTarget {
    return new ActiveDirectoryTarget({
      name: "corp-ad",
      url: domain.url,
      ca: domain.ca,
      user,
      password,
      base: domain.base,
      managed: { accounts: [territory.people], groups: [territory.groups] },
      claim: "employeeNumber",
    });
  }

  async function addServiceAccount(): Promise<void> {
    await admin.add(`CN=${account},${territory.base}`, {
      objectClass: ["user"],
      sAMAccountName: account,
      userPrincipalName: `${account}@corp.example`,
    });
    const quoted = Buffer.from(`"${PASSWORD}"`, "utf16le");
    await admin.modify(`CN=${account},${territory.base}`, [
      new Change({ operation: "replace", modification: new Attribute({ type: "unicodePwd", values: [quoted] }) }),
      new Change({
        operation: "replace",
        modification: new Attribute({ type: "userAccountControl", values: ["512"] }),
      }),
    ]);
  }

  async function anchorOf(dn: string): Promise<Anchor> {
    const found = await admin.search(dn, { scope: "base", attributes: ["objectGUID"] });
    const bytes = found.searchEntries[0]?.objectGUID as Buffer;
    const hex = (from: number, to: number) => bytes.subarray(from, to).toString("hex");
    const swapped = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).reverse().toString("hex");
    return [swapped(0, 4), swapped(4, 6), swapped(6, 8), hex(8, 10), hex(10, 16)].join("-");
  }

  /** As printed; only which domain it is for is added. */
  function run(script: readonly string[]): void {
    const configuration = join(dirname(domain.caFile), "smb.conf");
    const wrapper = `samba-tool() { command samba-tool "$@" --configfile=${configuration}; }`;
    execFileSync("bash", ["-euc", [wrapper, ...script].join("\n")], { stdio: ["ignore", "ignore", "pipe"] });
  }

  /** Everything that was granted, away; then what is wanted, in one command for each object. */
  async function delegate(wanted: readonly string[]): Promise<void> {
    const aces = new Map<string, string[]>();
    for (const line of wanted) {
      const [, command = "", ace = ""] = /^(samba-tool .*) --sddl="(.*)"$/.exec(line) ?? [];
      if (ace !== "") aces.set(command, [...(aces.get(command) ?? []), ace]);
    }
    for (const [dn, bytes] of original) {
      const modification = new Attribute({ type: "nTSecurityDescriptor", values: [bytes] });
      await admin.modify(dn, new Change({ operation: "replace", modification }));
    }
    const names = wanted.filter((line) => line.startsWith("ACCOUNT_"));
    run([...names, ...[...aces].map(([command, list]) => `${command} --sddl="${list.join("")}"`)]);
  }
  const original = new Map<string, Buffer>();

  async function remember(): Promise<void> {
    for (const dn of [territory.people, territory.groups]) {
      const found = await admin.search(dn, { scope: "base", attributes: ["nTSecurityDescriptor"] });
      original.set(dn, found.searchEntries[0]?.nTSecurityDescriptor as Buffer);
    }
  }

  async function problems(): Promise<readonly Check[]> {
    return (await target.examine(writer, CLOCK)).filter((check) => check.level === "problem");
  }

  async function write(verb: Verb, object: OpObject, parts: Omit<OpParts, "object"> = {}) {
    return applyOne(target, readyOp(verb, { object, ...parts }));
  }

  async function create(
    by = target,
  ): Promise<{ readonly anchor: Anchor | null; readonly kind: string; readonly cn: string }> {
    serial += 1;
    const cn = `Person ${serial} ${territory.tag}`;
    const after = {
      cn,
      container: territory.staff,
      enabled: true,
      sAMAccountName: `p${serial}${territory.tag}`,
      givenName: "Person",
      title: "Engineer",
    };
    const object = { claim: `muster-${territory.tag}-${serial}` };
    const { anchor, kind } = await applyOne(by, readyOp("create", { object, after }));
    return { anchor, kind, cn };
  }

  async function made(by = target) {
    const { anchor, kind, cn } = await create(by);
    expect(kind).toBe("done");
    if (anchor === null) throw new Error("a create without an anchor");
    return { object: { anchor }, cn };
  }

  test("docs/active-directory.md shows what is printed for the example", async () => {
    const here = (line: string) => line.replaceAll(`,${territory.base}`, `,${domain.base}`);
    const printed = await byAdmin.delegation(writer, "samba", "svc-muster");
    expect(printed.map(here)).toEqual(documentedDelegation("samba", "writer"));
    const reader = await byAdmin.delegation(needs("reader"), "samba", "svc-muster-read");
    expect(reader).toEqual(documentedDelegation("samba", "reader"));
  });

  test("without any right: every right is missed, each with the line that gives it", async () => {
    await remember();
    const missing = await problems();
    const user = `${account}@corp.example`;
    const commands = (await byAdmin.delegation(writer, "samba", user)).filter((line) => line.startsWith("samba-tool"));
    expect(missing.filter((check) => check.topic === "right")).toHaveLength(commands.length);
    for (const check of missing) expect(commands).toContain(check.remedy?.split("\n").at(-1));
    await target.open("writer");
    expect((await create()).kind).toBe("failed");
  });

  test("with what is printed: no problem, and every kind of write works", async () => {
    run(lines);
    expect(await problems()).toEqual([]);
    const deletions = (await target.examine(writer, CLOCK)).find(({ subject }) => subject?.startsWith("CN=Deleted"));
    expect(deletions).toMatchObject({ level: "warning", what: expect.stringContaining("every apply reads the whole") });
    const { object, cn } = await made();
    expect(await problems()).toEqual([]);
    const outcomes = {
      update: await write("update", object, {
        before: { title: "Engineer" },
        after: { title: "Manager" },
        slot: "title",
      }),
      rename: await write("rename", object, { before: { cn }, after: { cn: `${cn} B` } }),
      move: await write("move", object, {
        before: { container: territory.staff },
        after: { container: territory.leavers },
      }),
      "add-member": await write("add-member", object, { slot: group, after: { member: true } }),
      "remove-member": await write("remove-member", object, { slot: group, before: { member: true } }),
      disable: await write("disable", object, { before: { enabled: true }, after: { enabled: false } }),
      enable: await write("enable", object, { before: { enabled: false }, after: { enabled: true } }),
      "run-task": await write("run-task", object, { slot: "reset-password", after: { task: "reset-password" } }),
    };
    const kinds = Object.fromEntries(Object.entries(outcomes).map(([verb, { kind }]) => [verb, kind]));
    expect(kinds).toEqual(Object.fromEntries(Object.keys(outcomes).map((verb) => [verb, "done"])));
  });

  test.each<{ comment: string; verb: Verb; parts: (cn: string) => Omit<OpParts, "object"> }>([
    {
      comment: "delete-child user",
      verb: "move",
      parts: () => ({ before: { container: territory.staff }, after: { container: territory.leavers } }),
    },
    {
      comment: "extended Reset Password",
      verb: "run-task",
      parts: () => ({ slot: "reset-password", after: { task: "reset-password" } }),
    },
    {
      comment: "write userAccountControl",
      verb: "disable",
      parts: () => ({ before: { enabled: true }, after: { enabled: false } }),
    },
    {
      comment: "write name",
      verb: "rename",
      parts: (cn) => ({ before: { cn }, after: { cn: `${cn} C` } }),
    },
    {
      comment: "write title",
      verb: "update",
      parts: () => ({ before: { title: "Engineer" }, after: { title: "Manager" }, slot: "title" }),
    },
    {
      comment: "write member",
      verb: "add-member",
      parts: () => ({ slot: group, after: { member: true } }),
    },
  ])("without $comment: the doctor names it, and $verb is refused", async ({ comment, verb, parts }) => {
    const { object, cn } = await made(byAdmin);
    const line = lines.find((_, index) => lines[index - 1]?.startsWith(`# ${comment}:`)) ?? "";
    await delegate(lines.filter((other) => other !== line));
    const found = await problems();
    expect(found).toHaveLength(1);
    expect(found[0]?.remedy?.split("\n").at(-1)).toBe(line);
    const outcome = await write(verb, object, parts(cn));
    expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5006" });
    // insufficientAccessRights (RFC 4511 section 4.1.9).
    expect(outcome.detail).toContain("result code 50");
  });

  test("without the right to create: the doctor names it, and nothing is made", async () => {
    const line = lines.find((_, index) => lines[index - 1]?.startsWith("# create-child user:")) ?? "";
    await delegate(lines.filter((other) => other !== line));
    const found = await problems();
    expect(found).toHaveLength(1);
    expect(found[0]?.remedy?.split("\n").at(-1)).toBe(line);
    expect((await create()).kind).toBe("failed");
  });

  test("whoever administers the domain may do too much", async () => {
    const checks = await byAdmin.examine(writer, CLOCK);
    const privilege = checks.find((check) => check.topic === "privilege");
    expect(privilege).toMatchObject({ level: "warning" });
    expect(privilege?.what).toContain("Domain Admins");
    // Samba's schema is Microsoft's, which does not index employeeNumber; the example's Target does not delete.
    expect(checks.filter(({ topic }) => ["claim", "recycle-bin", "group"].includes(topic))).toMatchObject([
      { topic: "recycle-bin", level: "ok" },
      { topic: "claim", level: "ok", what: expect.stringContaining("not indexed") },
      { topic: "group", level: "ok", what: "3 groups of entitlements looked at" },
    ]);
    expect(checks.filter((check) => check.level === "problem")).toEqual([]);
  });

  test("a reader that can write is told so, a reader that cannot is not", async () => {
    await delegate(lines);
    const excess = (checks: readonly Check[]) => checks.filter((check) => check.topic === "excess");
    expect(excess(await target.examine(needs("reader"), CLOCK))).toMatchObject([{ level: "warning" }]);
    await delegate([]);
    expect(excess(await target.examine(needs("reader"), CLOCK))).toMatchObject([{ level: "ok" }]);
  });
});
