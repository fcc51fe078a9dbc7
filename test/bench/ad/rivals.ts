/** What Muster is compared with: three other ways to make the same writes. */
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { Attribute, Change, Client, EqualityFilter, type Filter } from "ldapts";
import { parentDn } from "../../../reconciler/support/dn.js";
import type { Access } from "./domain-folder.js";
import { BASE } from "./policies.js";
import { toLdif, type Values, type Write } from "./writes.js";

const run = promisify(execFile);

/** Seconds from its first write to its end: the time of a run that only connects, binds and ends is taken off. */
export async function ldapmodify(access: Access, writes: readonly Write[], file: string): Promise<number> {
  writeFileSync(file, toLdif(writes));
  writeFileSync(`${file}.empty`, "");
  const connecting = await timeLdapmodify(access, `${file}.empty`);
  return (await timeLdapmodify(access, file)) - connecting;
}

async function timeLdapmodify({ url, user, passwordFile, caFile }: Access, file: string): Promise<number> {
  const begun = performance.now();
  const env = { ...process.env, LDAPTLS_CACERT: caFile };
  const args = ["-H", url, "-x", "-D", user, "-y", passwordFile, "-f", file];
  await run("ldapmodify", args, { env, maxBuffer: 1 << 28 });
  return (performance.now() - begun) / 1000;
}

/**
 * A client as people write it: for one person after the other it searches, compares, and writes when they differ; a
 * membership is a modify of its own. Seconds, without connecting and binding; and how many entries it treated.
 */
export async function onePersonAtATime(access: Access, writes: readonly Write[], limit: number): Promise<Rate> {
  const tasks = writes.flatMap(tasksOf).slice(0, limit);
  const client = new Client({ url: access.url, tlsOptions: { ca: readFileSync(access.caFile) } });
  await client.bind(access.user, access.password);
  const begun = performance.now();
  let entries = 0;
  for (const task of tasks) {
    await perform(client, task);
    if (!isSecondHalf(task)) entries += 1;
  }
  const seconds = (performance.now() - begun) / 1000;
  await client.unbind();
  return { entries, seconds };
}

export interface Rate {
  readonly entries: number;
  readonly seconds: number;
}

/** One write per person: a modify of many members becomes many. */
function tasksOf(write: Write): Write[] {
  if (write.kind !== "modify") return [write];
  const [change] = write.changes;
  if (change === undefined || change[1][0] !== "member") return [write];
  const [operation, [type, values]] = change;
  return values.map((value) => ({ ...write, changes: [[operation, [type, [value]]]] }));
}

/** The password of a create is a modify of its own, of the same person. */
function isSecondHalf(write: Write): boolean {
  return write.kind === "modify" && write.changes.some(([, [type]]) => type === "unicodePwd");
}

async function perform(client: Client, write: Write): Promise<void> {
  switch (write.kind) {
    case "add": {
      const login = textOf(write.attributes, "sAMAccountName");
      const found = await search(client, BASE, new EqualityFilter({ attribute: "sAMAccountName", value: login }));
      if (found.length === 0) await client.add(write.dn, write.attributes.map(attributeOf));
      return;
    }
    case "modifyDN": {
      const [entry] = await search(client, write.dn);
      if (entry === undefined) throw new Error(`${write.dn} is not there`);
      const container = write.newSuperior ?? parentDn(entry.dn);
      if (parentDn(entry.dn) !== container) await client.modifyDN(entry.dn, `${write.newRdn},${container}`);
      return;
    }
    case "modify": {
      const wanted = write.changes.filter(([operation]) => operation !== "delete");
      const [only] = wanted;
      const isMember = only?.[1][0] === "member";
      const member = isMember ? Buffer.from(only?.[1][1][0] ?? "", "base64").toString("utf8") : "";
      const filter = isMember ? new EqualityFilter({ attribute: "member", value: member }) : undefined;
      const [entry] = await search(client, write.dn, filter, isMember ? ["1.1"] : wanted.map(([, [type]]) => type));
      if (isMember && entry !== undefined) return;
      const differing = wanted.filter(([, [type, [value]]]) => isMember || valueIn(entry, type) !== value);
      const operation = isMember ? "add" : "replace";
      const changes = differing.map(([, values]) => new Change({ operation, modification: attributeOf(values) }));
      if (changes.length > 0) await client.modify(write.dn, changes);
    }
  }
}

type Found = Awaited<ReturnType<typeof search>>[number];

async function search(client: Client, base: string, filter?: Filter, attributes: readonly string[] = ["*"]) {
  const scope: "sub" | "base" = base === BASE ? "sub" : "base";
  const options = { scope, attributes: [...attributes], ...(filter === undefined ? {} : { filter }) };
  return (await client.search(base, options)).searchEntries;
}

function valueIn(entry: Found | undefined, type: string): string | undefined {
  const value = entry?.[type];
  return value === undefined ? undefined : Buffer.from(String(value), "utf8").toString("base64");
}

function attributeOf([type, values]: Values): Attribute {
  return new Attribute({ type, values: values.map((value) => Buffer.from(value, "base64")) });
}

function textOf(attributes: readonly Values[], name: string): string {
  const values = attributes.find(([type]) => type === name)?.[1];
  return Buffer.from(values?.[0] ?? "", "base64").toString("utf8");
}

/** samba-tool, a process for each person. `logins` by the address that a write uses. */
export async function sambaTool(
  access: Access,
  writes: readonly Write[],
  limit: number,
  loginOf: (address: string) => string,
): Promise<Rate> {
  const commands = writes
    .flatMap(tasksOf)
    .filter((write) => !isSecondHalf(write))
    .slice(0, limit)
    .map((write) => commandOf(write, loginOf));
  const begun = performance.now();
  for (const command of commands) runTool(access, command);
  return { entries: commands.length, seconds: (performance.now() - begun) / 1000 };
}

function runTool({ url, user, configuration, password }: Access, command: readonly string[]): void {
  // The domain's authority has no revocation list, which the default asks for.
  const verify = "--option=tls verify peer = ca_and_name_if_available";
  const args = [...command, "-H", url, `--simple-bind-dn=${user}`, `--configfile=${configuration}`, verify];
  const env = { ...process.env, PASSWD: password };
  execFileSync("samba-tool", args, { env, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
}

/** samba-tool has no command for any attribute: in place of a title it is given another display name. */
function commandOf(write: Write, loginOf: (address: string) => string): string[] {
  switch (write.kind) {
    case "add": {
      const text = (name: string) => textOf(write.attributes, name);
      const password = `Pw-${text("sAMAccountName")}-${text("employeeID")}-9z`;
      const container = parentDn(write.dn).slice(0, -BASE.length - 1);
      const names = [`--given-name=${text("givenName")}`, `--surname=${text("sn")}`, `--userou=${container}`];
      const job = [
        `--job-title=${text("title")}`,
        `--department=${text("department")}`,
        `--company=${text("company")}`,
      ];
      return ["user", "create", text("sAMAccountName"), password, ...names, ...job, `--mail-address=${text("mail")}`];
    }
    case "modifyDN":
      return ["user", "move", loginOf(write.dn), write.newSuperior ?? ""];
    case "modify": {
      const [change] = write.changes;
      if (change?.[1][0] !== "member") return ["user", "rename", loginOf(write.dn), "--display-name=Somebody Else"];
      const member = Buffer.from(change[1][1][0] ?? "", "base64").toString("utf8");
      return ["group", "addmembers", loginOf(write.dn), loginOf(member)];
    }
  }
}
