/** Somebody who works in the directory by hand, with an LDAP client of their own. */
import { readFileSync } from "node:fs";
import { Attribute, Change, Client } from "ldapts";
import { MusterError } from "../../support/errors.js";
import type { DemoDirectory } from "./directory.js";

export interface Administrator {
  /** Replaces one attribute of the account with this login. */
  edit(sAMAccountName: string, attribute: string, value: string): Promise<void>;
  disable(sAMAccountName: string): Promise<void>;
  read(filter: string, attributes: readonly string[]): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export async function openAdministrator({ administrator, base }: DemoDirectory): Promise<Administrator> {
  const { url, caFile, user, password } = administrator;
  const client = new Client({ url, tlsOptions: caFile === undefined ? {} : { ca: [readFileSync(caFile)] } });
  await client.bind(user, password);
  const find = async (filter: string, attributes: readonly string[]) => {
    const { searchEntries } = await client.search(base, { filter, attributes: [...attributes] });
    const entry = searchEntries[0];
    if (entry === undefined) throw new MusterError("MUS-7002", { what: `the directory has nothing for ${filter}` });
    return entry;
  };
  const replace = async (name: string, type: string, value: string) => {
    const { dn } = await find(`(sAMAccountName=${name})`, ["cn"]);
    await client.modify(
      dn,
      new Change({ operation: "replace", modification: new Attribute({ type, values: [value] }) }),
    );
  };
  return {
    edit: replace,
    disable: (name) => replace(name, "userAccountControl", "514"),
    read: async (filter, attributes) => {
      const entry = await find(filter, attributes);
      return Object.fromEntries(["dn", ...attributes].map((name) => [name, String(entry[name] ?? "")]));
    },
    close: () => client.unbind(),
  };
}
