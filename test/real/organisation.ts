/** A small organisation on a real domain: a state repository whose target is an OU tree of its own, and HR rows for it. */
import { join } from "node:path";
import type { Client } from "ldapts";
import { ensureBuilt, type Finished, type Running, startCli } from "../support/cli-process.js";
import { HEADER, NOW, POLICIES, succeed } from "../support/organisation.js";
import { createRepository, git, temporaryFolder, writeFiles } from "../unit/repo/temp-repository.js";
import { claimTerritory, openAdmin, type RealDomain, type Territory } from "./domain.js";

export interface RealOrganisation {
  /** The state repository. */
  readonly folder: string;
  readonly territory: Territory;
  /** The domain administrator's hands, around any proxy. */
  readonly admin: Client;
  muster(...args: string[]): Promise<Finished>;
  start(...args: string[]): Running;
  git(...args: string[]): string;
  /** Imports these rows as a new export and commits the workers. */
  importPeople(rows: readonly string[], at?: string): Promise<void>;
  /** A path outside the repository that no other test has. */
  beside(name: string): string;
  /** Makes a plan, saved beside the repository; returns its file. */
  plan(name: string): Promise<string>;
  /** The same organisation as another clone of its repository sees it. */
  clone(): RealOrganisation;
  close(): Promise<void>;
}

export interface Road {
  /** Where muster connects, where that is not the domain controller itself. */
  readonly url?: string;
  readonly caFile?: string;
  /** Policy files beside those of every test organisation, or in place of them. */
  readonly policies?: Readonly<Record<string, string>>;
}

/** An exception that lets any number of people be created. */
export const FIRST_LOAD = {
  "policies/exceptions/first-load.yaml": `apiVersion: muster/v1
kind: Bootstrap
name: first-load
environment: test
lets: { create: 1000, bind: 1000, update: 10000 }
expires: "2026-12-31"
reason: first load
`,
};

export async function openRealOrganisation(domain: RealDomain, road: Road = {}): Promise<RealOrganisation> {
  await ensureBuilt();
  const admin = await openAdmin(domain);
  const territory = await claimTerritory(admin, domain);
  const group = { objectClass: ["group"], sAMAccountName: `all-staff-${territory.tag}` };
  await admin.add(`CN=All Staff,${territory.groups}`, group);
  const policies = Object.entries({ ...POLICIES, ...road.policies }).map(([path, text]) => {
    return [path, text.replaceAll(domain.base, territory.base)];
  });
  const variables = {
    MUSTER_AD_URL: road.url ?? domain.url,
    MUSTER_AD_CA: road.caFile ?? domain.caFile,
    MUSTER_AD_USER: domain.user,
    MUSTER_AD_PASSWORD: domain.password,
  };
  const beside = temporaryFolder();
  const inFolder = (folder: string): RealOrganisation => {
    const start = (...args: string[]) => startCli(folder, ["--clock", NOW, ...args], variables);
    const organisation: RealOrganisation = {
      folder,
      territory,
      admin,
      start,
      muster: (...args) => start(...args).finished,
      git: (...args) => git(folder, ...args),
      importPeople: async (rows, at = NOW) => {
        writeFiles(beside, { "workers.csv": [HEADER, ...rows, ""].join("\n") });
        const args = ["--source", "hr", "--exported-at", at, "--commit", join(beside, "workers.csv")];
        succeed(await organisation.muster("import", ...args));
      },
      beside: (name) => join(beside, name),
      plan: async (name) => {
        const file = join(beside, `${name}.json`);
        succeed(await organisation.muster("plan", "--out", file));
        return file;
      },
      clone: () => {
        const copy = join(temporaryFolder(), "clone");
        git(beside, "clone", "-q", folder, copy);
        return inFolder(copy);
      },
      close: () => admin.unbind(),
    };
    return organisation;
  };
  return inFolder(createRepository(Object.fromEntries(policies)));
}

/** HR rows of a director and those who report to her; the family names make the logins unique in the domain. */
export function peopleOf({ tag }: Territory, count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const id = String(20_001 + at);
    return `${id},Ada,P${id}${tag},${at === 0 ? "Director" : "Engineer"},Works,${at === 0 ? "" : "20001"},2020-01-01,`;
  });
}

export interface RealAccount {
  readonly dn: string;
  readonly employeeID: string;
  readonly title: string;
  readonly userAccountControl: string;
}

/** All accounts of the organisation, by employeeID. */
export async function realAccountsOf({ admin, territory }: RealOrganisation): Promise<RealAccount[]> {
  const { searchEntries } = await admin.search(territory.people, {
    filter: "(objectClass=user)",
    attributes: ["employeeID", "title", "userAccountControl"],
    paged: true,
  });
  return searchEntries
    .map(({ dn, employeeID, title, userAccountControl }) => ({
      dn,
      employeeID: String(employeeID),
      title: String(title),
      userAccountControl: String(userAccountControl),
    }))
    .sort((a, b) => (a.employeeID < b.employeeID ? -1 : 1));
}

/** Plans and applies until there is nothing to do. */
export async function settle(organisation: RealOrganisation): Promise<void> {
  for (let round = 1; round <= 4; round++) {
    const file = organisation.beside(`round-${round}.json`);
    const plan = await organisation.muster("plan", "--out", file, "--exit-code");
    if (plan.code === 0) return;
    if (plan.code !== 2) throw new Error(`plan ended with ${plan.code}:\n${plan.output}`);
    succeed(await organisation.muster("apply", "--plan", file));
  }
  throw new Error("four rounds did not settle");
}
