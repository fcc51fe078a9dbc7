/**
 * An OU of a real domain for the story. Only a domain whose name is reserved for tests and documentation is touched
 * (.example, .test, .invalid, .localhost: RFC 2606, RFC 6761): no organisation's own domain has such a name. The OU must not
 * exist; it is made with the people from before Muster, and removed with everything in it.
 */
import { readFileSync } from "node:fs";
import { Attribute, Change, Client } from "ldapts";
import { DEFAULT_SEED, type SeedPerson } from "../../sandbox/seed.js";
import { childDn, normalizeDn, parentDn } from "../../support/dn.js";
import { MusterError } from "../../support/errors.js";
import type { Access, DemoDirectory } from "./directory.js";
import { readOverLdap } from "./synchronised.js";

const TEST_DOMAIN = /(^|,)dc=(example|test|invalid|localhost)$/;
const GROUPS = ["All Staff", "Engineering", "Finance Reports", "Sales Drive", "VPN Users"];
const SERVICES = ["svc-backup", "svc-print"];

/** Throws MUS-7001 for a domain that is not for tests, and for a base that exists. */
export async function openRealDirectory(access: Access, base: string): Promise<DemoDirectory> {
  const client = await connect(access);
  try {
    const { searchEntries } = await client.search("", { scope: "base", attributes: ["defaultNamingContext"] });
    const domain = String(searchEntries[0]?.defaultNamingContext ?? "");
    await assertUsable(client, domain, base);
    await populate(client, base, domain).catch(async (error: unknown) => {
      await removeTree(client, base);
      throw error;
    });
    return {
      muster: access,
      administrator: access,
      base,
      domain,
      ...readOverLdap(client, base),
      countWrites: async () => {
        const { highest } = await usnsBelow(client, base);
        return async () => (await usnsBelow(client, base)).above(highest);
      },
      close: async () => {
        try {
          await removeTree(client, base);
        } finally {
          await client.unbind();
        }
      },
    };
  } catch (error) {
    await client.unbind();
    throw error;
  }
}

async function connect({ url, caFile, user, password }: Access): Promise<Client> {
  const ca = caFile === undefined ? {} : { ca: [readFileSync(caFile)] };
  const client = new Client({ url, tlsOptions: ca });
  await client.bind(user, password);
  return client;
}

async function assertUsable(client: Client, domain: string, base: string): Promise<void> {
  if (!TEST_DOMAIN.test(normalizeDn(domain))) {
    const what = `${domain} is no domain for tests: its name does not end in .example, .test, .invalid or .localhost`;
    throw new MusterError("MUS-7001", { what, next: "Give the demo a domain that was made for tests." });
  }
  if (!normalizeDn(base).endsWith(`,${normalizeDn(domain)}`) || !/^OU=/i.test(base)) {
    throw new MusterError("MUS-7001", { what: `${base} is not an OU of ${domain}`, next: "Name an OU to be made." });
  }
  const { searchEntries } = await client.search(parentDn(base), { scope: "one", attributes: ["ou"], filter: "(ou=*)" });
  if (searchEntries.some(({ dn }) => normalizeDn(dn) === normalizeDn(base))) {
    const what = `${base} exists, and the demo removes its OU at the end`;
    throw new MusterError("MUS-7001", { what, next: "Name an OU that does not exist." });
  }
}

/** As the embedded directory's company: containers, groups, service accounts, and the people from before Muster. */
async function populate(client: Client, base: string, domain: string): Promise<void> {
  const people = childDn("OU", "People", base);
  const groups = childDn("OU", "Groups", base);
  const services = childDn("OU", "Service Accounts", base);
  const inside = ["Joiners", "Leavers", "Staff"].map((name) => childDn("OU", name, people));
  for (const dn of [base, people, ...inside, groups, services])
    await client.add(dn, { objectClass: ["organizationalUnit"] });
  for (const name of GROUPS)
    await client.add(childDn("CN", name, groups), { objectClass: ["group"], sAMAccountName: name });
  for (const name of SERVICES)
    await client.add(childDn("CN", name, services), { objectClass: ["user"], sAMAccountName: name });
  const suffix = normalizeDn(domain).replaceAll("dc=", "").replaceAll(",", ".");
  const known = new Map<string, string>();
  for (const person of DEFAULT_SEED) {
    const dn = childDn("CN", `${person.given} ${person.family}`, childDn("OU", person.container ?? "Staff", people));
    await client.add(dn, attributesOf(person, suffix, known));
    known.set(person.sAMAccountName, dn);
    await enable(client, dn);
    for (const group of person.groups ?? []) {
      const member = new Attribute({ type: "member", values: [dn] });
      await client.modify(childDn("CN", group, groups), new Change({ operation: "add", modification: member }));
    }
  }
}

function attributesOf(
  person: SeedPerson,
  suffix: string,
  known: ReadonlyMap<string, string>,
): Record<string, string | string[]> {
  const {
    given,
    family,
    sAMAccountName,
    manager,
    groups: _groups,
    container: _container,
    enabled: _,
    ...rest
  } = person;
  const boss = manager === undefined ? undefined : known.get(manager);
  return {
    objectClass: ["user"],
    sAMAccountName,
    userPrincipalName: `${sAMAccountName}@${suffix}`,
    givenName: given,
    sn: family,
    displayName: `${given} ${family}`,
    ...rest,
    ...(boss === undefined ? {} : { manager: boss }),
  };
}

/** With a password that nobody knows. */
async function enable(client: Client, dn: string): Promise<void> {
  const password = Buffer.from(`"${crypto.randomUUID()}-Aa1"`, "utf16le");
  const replace = (type: string, value: string | Buffer) =>
    new Change({ operation: "replace", modification: new Attribute({ type, values: [value as string] }) });
  await client.modify(dn, [replace("unicodePwd", password), replace("userAccountControl", "512")]);
}

/** uSNChanged of everything below the base: a domain controller numbers its writes. */
async function usnsBelow(client: Client, base: string) {
  const { searchEntries } = await client.search(base, {
    filter: "(objectClass=*)",
    attributes: ["uSNChanged"],
    paged: true,
  });
  const usns = searchEntries.map((entry) => Number(entry.uSNChanged));
  return {
    highest: Math.max(...usns),
    above: (mark: number) => usns.filter((usn) => usn > mark).length,
  };
}

/** Leaves first. */
async function removeTree(client: Client, base: string): Promise<void> {
  const { searchEntries } = await client.search(base, { filter: "(objectClass=*)", attributes: ["1.1"], paged: true });
  const depth = (dn: string) => normalizeDn(dn).split(/(?<!\\),/).length;
  for (const { dn } of searchEntries.sort((a, b) => depth(b.dn) - depth(a.dn))) await client.del(dn);
}
