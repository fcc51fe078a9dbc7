/** The sandbox against OpenLDAP's own client, an independent implementation of the protocol. */
import { execFile, execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BASE, type Opened, openSandbox } from "./open-sandbox.js";

const run = promisify(execFile);
const installed = hasLdapSearch();
if (!installed) console.log("OpenLDAP's ldapsearch is not installed (Debian: ldap-utils); only ldapts is tested here.");

let opened: Opened;
beforeAll(async () => {
  opened = await openSandbox({ seed: "default" });
});
afterAll(() => opened.close());

function hasLdapSearch(): boolean {
  try {
    execFileSync("ldapsearch", ["-VV"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function ldap(program: string, ...args: string[]): Promise<string> {
  const { sandbox } = opened;
  const password = await readFile(sandbox.bindPasswordFile, "utf8");
  const bind = ["-H", sandbox.url, "-x", "-D", sandbox.bindUser, "-w", password];
  const { stdout } = await run(program, [...bind, ...args], {
    env: { ...process.env, LDAPTLS_CACERT: sandbox.caFile },
  });
  return stdout;
}

describe.runIf(installed)("OpenLDAP clients", () => {
  it("verify the certificate, bind, page and print LDIF", async () => {
    const paged = await ldap(
      "ldapsearch",
      "-LLL",
      "-E",
      "pr=4/noprompt",
      "-b",
      `OU=People,${BASE}`,
      "(objectClass=user)",
      "sAMAccountName",
    );
    expect(paged.match(/^sAMAccountName::? /gm)).toHaveLength(15);
    const one = await ldap(
      "ldapsearch",
      "-LLL",
      "-o",
      "ldif-wrap=no",
      "-b",
      BASE,
      "(sAMAccountName=terri0)",
      "manager",
      "objectGUID",
    );
    expect(one).toMatch(/^objectGUID:: [A-Za-z0-9+/]{22}==$/m);
    expect(Buffer.from(/^manager:: (.+)$/m.exec(one)?.[1] ?? "", "base64").toString()).toContain("Ken Sánchez");
  });

  it("read the rootDSE anonymously and are refused the rest", async () => {
    const env = { ...process.env, LDAPTLS_CACERT: opened.sandbox.caFile };
    const args = ["-H", opened.sandbox.url, "-x", "-LLL", "-s", "base", "-b"];
    const { stdout } = await run("ldapsearch", [...args, "", "defaultNamingContext"], { env });
    expect(stdout).toContain(`defaultNamingContext: ${BASE}`);
    await expect(run("ldapsearch", [...args, BASE], { env })).rejects.toMatchObject({
      stderr: expect.stringContaining("Operations error (1)"),
    });
  });

  it("compare, whoami", async () => {
    expect(await ldap("ldapwhoami")).toContain("u:CORP\\svc-muster");
    const dn = `CN=Terri Duffy,OU=Staff,OU=People,${BASE}`;
    await expect(ldap("ldapcompare", dn, "sn:duffy")).rejects.toMatchObject({ code: 6 });
  });
});
