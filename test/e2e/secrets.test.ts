/** Through the command line: passwords are sealed and stand in clear nowhere; plans for comments are masked. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { Client } from "ldapts";
import { afterEach, describe, expect, it } from "vitest";
import { commit, type Organisation, openOrganisation, PEOPLE, POLICIES, reconcile } from "../support/organisation.js";

let organisation: Organisation;
afterEach(() => organisation.close());

const TARGET = POLICIES["policies/target.yaml"] ?? "";
const sealed = (
  path: string,
  recipient: string,
) => `${TARGET}secrets: { sink: directory, path: "${path}", recipients: [${recipient}] }
initialPassword: { handOut: sealed }
`;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("sealed passwords", { timeout: 240_000 }, () => {
  it("open with the identity and let people in; output, journal, records and plans do not hold them", async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    organisation = await openOrganisation({ "policies/target.yaml": sealed("env:MUSTER_SECRETS", recipient) });
    await organisation.importPeople(PEOPLE);
    await reconcile(organisation, "first");
    const files = readdirSync(organisation.secrets);
    expect(files).toHaveLength(PEOPLE.length);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const written = filesBelow(organisation.folder).map((file) => readFileSync(file));
    const everything = [...organisation.printed, organisation.git("log", "-p", "--all")];
    for (const file of files) {
      const bytes = readFileSync(join(organisation.secrets, file));
      const { account, password } = JSON.parse(await decrypter.decrypt(bytes, "text"));
      expect(file).not.toContain(account);
      for (const text of everything) expect(text).not.toContain(password);
      for (const bytes of written) {
        expect(bytes.includes(password)).toBe(false);
        expect(bytes.includes(Buffer.from(password, "utf16le"))).toBe(false);
      }
      const client = new Client({
        url: organisation.sandbox.url,
        tlsOptions: { ca: readFileSync(organisation.sandbox.caFile) },
      });
      await client.bind(`${account}@corp.example`, password);
      await client.unbind();
    }
  });

  it("are refused before anything is written when the sink lies in the repository", async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    organisation = await openOrganisation();
    const inside = sealed(join(organisation.folder, "secrets"), recipient);
    commit(organisation, { "policies/target.yaml": inside });
    await organisation.importPeople(PEOPLE);
    const plan = await organisation.plan("first");
    const before = organisation.sandbox.counters.writes;
    const { code, stderr } = await organisation.muster("apply", "--plan", plan);
    expect([code, stderr]).toEqual([1, expect.stringContaining("MUS-5008")]);
    expect(organisation.sandbox.counters.writes).toBe(before);
  });

  it("validate finds a mistyped recipient with its place, and a missing sink", async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    const broken = recipient.endsWith("q") ? `${recipient.slice(0, -1)}p` : `${recipient.slice(0, -1)}q`;
    organisation = await openOrganisation({ "policies/target.yaml": sealed("/x", broken) });
    const wrong = await organisation.muster("validate");
    expect([wrong.code, wrong.stderr]).toEqual([7, expect.stringContaining("MUS-1111")]);
    expect(wrong.stderr).toMatch(/policies\/target\.yaml:16:\d+/);
    expect(wrong.output).not.toContain(broken);
    commit(organisation, { "policies/target.yaml": `${TARGET}resetPassword: { handOut: sealed }\n` });
    const missing = await organisation.muster("validate");
    expect([missing.code, missing.stderr]).toEqual([7, expect.stringContaining("MUS-1110")]);
  });
});

describe("plan --format markdown", { timeout: 240_000 }, () => {
  it("masks names and values unless it is told otherwise; the Environment lists what may be shown", async () => {
    const environment = POLICIES["policies/environment.yaml"] ?? "";
    organisation = await openOrganisation({
      "policies/environment.yaml": `${environment}comments: { show: [title] }\n`,
    });
    await organisation.importPeople(PEOPLE);
    const masked = await organisation.muster("plan", "--format", "markdown");
    expect(masked.stdout).not.toMatch(/Hopper|ahopper|Ada/);
    expect(masked.stdout).toContain("0010001");
    const { stdout } = await organisation.muster("plan", "--format", "markdown", "--unmasked");
    expect(stdout).toMatch(/Hopper/);
    const digest = (text: string) => /actions `?([0-9a-f]{64})/.exec(text)?.[1];
    expect(digest(masked.stdout)).toBe(digest(stdout));
    expect(digest(stdout)).toBeDefined();
  });
});
