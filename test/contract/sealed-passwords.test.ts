/** Passwords that are handed out: sealed before the directory hears of them, and shown nowhere else. */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { Client } from "ldapts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Outcome } from "../../reconciler/model/op.js";
import { DirectorySink } from "../../reconciler/targets/secrets/directory-sink.js";
import type { PasswordRule } from "../../reconciler/targets/secrets/password.js";
import { applyOne, readyOp } from "../support/ready-ops.js";
import { type SandboxHarness, sandboxHarness } from "./harness-sandbox.js";

const SEALED: PasswordRule = { handOut: "sealed", mustChange: false };
const FIRST_CHANGE: PasswordRule = { handOut: "sealed", mustChange: true };
const NEVER: PasswordRule = { handOut: "never", mustChange: false };

let folder: string;
let identity: string;
let h: SandboxHarness;

async function open(initial: PasswordRule, reset = NEVER): Promise<void> {
  const recipients = [await identityToRecipient(identity)];
  const sink = new DirectorySink({ target: "corp-ad", path: () => join(folder, "sink"), recipients, now: () => 0 });
  h = await sandboxHarness({ passwords: { initial, reset, sink } });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-sealed-"));
  identity = await generateX25519Identity();
});
afterEach(async () => {
  await h.close();
  await rm(folder, { recursive: true, force: true });
});

const create = (enabled = true) =>
  readyOp("create", {
    object: { claim: "claim-ada" },
    after: { cn: "Ada", sAMAccountName: "ada", userPrincipalName: "ada@corp.example", container: h.staff, enabled },
  });
const files = () => readdir(join(folder, "sink"));

async function unseal(name: string): Promise<Record<string, string>> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return JSON.parse(await decrypter.decrypt(await readFile(join(folder, "sink", name)), "text"));
}

/** Whether the domain lets them in: null, or the reason as Active Directory gives it. */
async function logon(password: string): Promise<string | null> {
  const client = new Client({ url: h.sandbox.url, tlsOptions: { ca: await readFile(h.sandbox.caFile) } });
  try {
    await client.bind("ada@corp.example", password);
    return null;
  } catch (error) {
    return /data (\w+)/.exec(String(error))?.[1] ?? "unknown";
  } finally {
    await client.unbind();
  }
}

const uac = async () => (await h.admin.search(`CN=Ada,${h.staff}`, { scope: "base" })).searchEntries[0];

describe("sealed initial password", () => {
  it("opens with the identity, lets the person in, and stands nowhere else", async () => {
    await open(SEALED);
    const op = create();
    const outcome = await applyOne(h.target, op);
    expect(outcome.kind).toBe("done");
    const [name = "", ...more] = await files();
    expect(more).toEqual([]);
    expect(name).toBe(`t-${op.op.id}.age`);
    const content = await unseal(name);
    expect(content).toMatchObject({ target: "t", account: "ada", purpose: "initial", op: op.op.id });
    const password = content.password ?? "";
    expect(await logon(password)).toBeNull();
    expect((await readFile(join(folder, "sink", name))).includes(password)).toBe(false);
    for (const value of [outcome, op, h.target])
      for (const text of [JSON.stringify(value), inspect(value, { depth: 20, showHidden: true })])
        expect(text).not.toContain(password);
  });

  it("is for the owner only: folder 0700, file 0600", async () => {
    await open(SEALED);
    await applyOne(h.target, create());
    const [name = ""] = await files();
    expect((await stat(join(folder, "sink"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, "sink", name))).mode & 0o777).toBe(0o600);
  });

  it("must be changed at the first logon, in the modify that enables the account", async () => {
    await open(FIRST_CHANGE);
    const writes = h.writes();
    expect((await applyOne(h.target, create())).kind).toBe("done");
    expect(h.writes() - writes).toBe(2);
    expect(await uac()).toMatchObject({ pwdLastSet: "0", userAccountControl: "512" });
    const { password = "" } = await unseal((await files())[0] ?? "");
    // 773: the right password, to be changed first (MS-ERREF ERROR_PASSWORD_MUST_CHANGE).
    expect(await logon(password)).toBe("773");
  });

  it("a create that is done is not done again, though pwdLastSet is 0", async () => {
    await open(FIRST_CHANGE);
    await applyOne(h.target, create());
    const before = await uac();
    expect((await applyOne(h.target, create())).kind).toBe("already");
    expect(await uac()).toEqual(before);
    expect(await files()).toHaveLength(1);
  });

  it("is withdrawn when the directory refuses it", async () => {
    await open(SEALED);
    const second = h.sandbox.counters.writes + 2;
    h.faults.before = ({ write }) => (write === second ? { do: "refuse", code: 53, text: "no" } : undefined);
    const outcome = await applyOne(h.target, create());
    expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5006" });
    expect(await files()).toEqual([]);
  });

  it("stays when the reply was lost, whether or not the write was executed", async () => {
    await open(SEALED);
    const second = h.sandbox.counters.writes + 2;
    h.faults.before = ({ write }) => (write === second ? { do: "drop-after" } : undefined);
    expect((await applyOne(h.target, create())).kind).toBe("done");
    const { password = "" } = await unseal((await files())[0] ?? "");
    expect(await logon(password)).toBeNull();
  });

  it("is on the disk before the directory hears of it", async () => {
    await open(SEALED);
    const second = h.sandbox.counters.writes + 2;
    let seen: Promise<string[]> | null = null;
    h.faults.onWrite = ({ write }) => {
      if (write === second) seen = files();
    };
    await applyOne(h.target, create());
    expect(await seen).toHaveLength(1);
  });

  it("a sink that fails leaves the account disabled, without a password in force", async () => {
    await open(SEALED);
    await rm(join(folder, "sink"), { recursive: true });
    const outcome = await applyOne(h.target, create());
    expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5008" });
    expect(await uac()).toMatchObject({ pwdLastSet: "0", userAccountControl: "514" });
  });

  it("is made for an account that was cut off before it got one, when that is enabled", async () => {
    await open(SEALED);
    const anchor = await h.addAccount({ cn: "Ada", sAMAccountName: "ada", userPrincipalName: "ada@corp.example" });
    await h.deleteAccount(anchor);
    await h.admin.add(`CN=Ada,${h.staff}`, {
      objectClass: "user",
      sAMAccountName: "ada",
      userPrincipalName: "ada@corp.example",
      userAccountControl: "514",
    });
    const { accounts } = await h.target.observe({ attributes: ["cn"], groups: [] });
    const fresh = accounts.find(({ attributes }) => attributes.cn === "Ada")?.anchor ?? "";
    const enable = readyOp("enable", {
      object: { anchor: fresh },
      before: { enabled: false },
      after: { enabled: true },
    });
    expect((await applyOne(h.target, enable)).kind).toBe("done");
    const { password = "" } = await unseal((await files())[0] ?? "");
    expect(await logon(password)).toBeNull();
  });
});

describe("password of the task reset-password", () => {
  const reset = async (): Promise<Outcome> => {
    const { anchor } = await applyOne(h.target, create());
    const task = { object: { anchor: anchor ?? "" }, slot: "reset-password", after: { task: "reset-password" } };
    return applyOne(h.target, readyOp("run-task", task));
  };

  it("is forgotten unless policy says otherwise", async () => {
    await open(SEALED);
    expect((await reset()).kind).toBe("done");
    const [only = "", ...more] = await files();
    expect(more).toEqual([]);
    expect(await logon((await unseal(only)).password ?? "")).toBe("52e");
  });

  it("is sealed where policy says so", async () => {
    await open(NEVER, SEALED);
    expect((await reset()).kind).toBe("done");
    const [only = ""] = await files();
    const content = await unseal(only);
    expect(content.purpose).toBe("reset");
    expect(await logon(content.password ?? "")).toBeNull();
  });
});
