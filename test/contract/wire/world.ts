/**
 * What a case works in: an organizational unit of its suite, objects in it with names that nobody else has, and three ways
 * in: as administrator, as administrator on a second connection, as an account without rights.
 */
import { randomBytes } from "node:crypto";
import { childDn } from "../../../reconciler/support/dn.js";
import type { Fact, Verdict } from "./case.js";
import {
  type Credentials,
  change,
  type Endpoint,
  type Found,
  type Query,
  unicodePassword,
  type Values,
  Wire,
} from "./wire.js";

export interface Server {
  readonly name: "sandbox" | "samba";
  readonly endpoint: Endpoint;
  readonly base: string;
  readonly administrator: Credentials;
}

/** A password that meets the default policy of a new domain. */
export const PASSWORD = "Correct-Horse-7";
export const USER_CLASSES = ["top", "person", "organizationalPerson", "user"];

export class World {
  readonly server: Server;
  /** Bound as administrator. */
  readonly wire: Wire;
  /** The same, on another connection. */
  readonly second: Wire;
  /** Bound as an ordinary account. */
  readonly nobody: Wire;
  /** An organizational unit for everything that the cases make. */
  readonly ou: string;
  /** Another one beside it. */
  readonly otherOu: string;
  readonly base: string;
  readonly #prefix: string;
  #serial = 0;

  private constructor(server: Server, wires: { wire: Wire; second: Wire; nobody: Wire }, names: { prefix: string }) {
    this.server = server;
    this.base = server.base;
    this.wire = wires.wire;
    this.second = wires.second;
    this.nobody = wires.nobody;
    this.#prefix = names.prefix;
    this.ou = `OU=wire ${names.prefix},${server.base}`;
    this.otherOu = `OU=other ${names.prefix},${server.base}`;
  }

  static async open(server: Server): Promise<World> {
    const prefix = `w${randomBytes(2).toString("hex")}`;
    const wire = await Wire.open(server.endpoint, server.administrator);
    const second = await Wire.open(server.endpoint, server.administrator);
    for (const ou of [`wire ${prefix}`, `other ${prefix}`])
      done(await wire.add(`OU=${ou},${server.base}`, { objectClass: ["top", "organizationalUnit"], ou }));
    const user = `${prefix}-nobody`;
    const attributes = { sAMAccountName: user, userAccountControl: "512", unicodePwd: unicodePassword(PASSWORD) };
    done(await wire.add(`CN=${user},OU=wire ${prefix},${server.base}`, { objectClass: USER_CLASSES, ...attributes }));
    const dn = `CN=${user},OU=wire ${prefix},${server.base}`;
    const nobody = await Wire.open(server.endpoint, { user: dn, password: PASSWORD });
    return new World(server, { wire, second, nobody }, { prefix });
  }

  close(): void {
    for (const wire of [this.wire, this.second, this.nobody]) wire.close();
  }

  /** A name that no other object has: cn and sAMAccountName at once. */
  name(): string {
    this.#serial += 1;
    return `${this.#prefix}-${this.#serial}`;
  }

  /** A DN in the cases' unit that names nothing yet. */
  free(): string {
    return `CN=${this.name()},${this.ou}`;
  }

  /** Adds a disabled user; `in` another container than the cases' unit, `cn` other than the account name. */
  async user(
    attributes: Readonly<Record<string, Values>> = {},
    options: { readonly in?: string; readonly cn?: string } = {},
  ): Promise<string> {
    const name = this.name();
    const dn = childDn("CN", options.cn ?? name, options.in ?? this.ou);
    const common = { objectClass: USER_CLASSES, sAMAccountName: name, userAccountControl: "514" };
    done(await this.wire.add(dn, { ...common, ...attributes }));
    return dn;
  }

  async group(attributes: Readonly<Record<string, Values>> = {}): Promise<string> {
    const name = this.name();
    const dn = `CN=${name},${this.ou}`;
    done(await this.wire.add(dn, { objectClass: ["top", "group"], sAMAccountName: name, ...attributes }));
    return dn;
  }

  async unit(): Promise<string> {
    const ou = this.name();
    const dn = `OU=${ou},${this.ou}`;
    done(await this.wire.add(dn, { objectClass: ["top", "organizationalUnit"], ou }));
    return dn;
  }

  async contact(attributes: Readonly<Record<string, Values>> = {}): Promise<string> {
    const dn = this.free();
    const objectClass = ["top", "person", "organizationalPerson", "contact"];
    done(await this.wire.add(dn, { objectClass, ...attributes }));
    return dn;
  }

  /** Makes somebody a member; no case of its own. */
  async join(group: string, ...members: string[]): Promise<void> {
    done(await this.wire.modify(group, [change("add", "member", members)]));
  }

  /** Values of one attribute as text, sorted; empty when there are none. Throws when there is no such object. */
  async values(dn: string, attribute: string, query: Query = {}): Promise<string[]> {
    const found = await this.wire.search(dn, { attributes: [attribute], ...query });
    const [entry] = found.entries;
    if (entry === undefined) throw new Error(`${dn} cannot be read: result code ${found.code}`);
    return (entry.values.get(attribute.toLowerCase()) ?? []).map((value) => value.toString("utf8")).sort();
  }

  async guid(dn: string): Promise<Buffer> {
    const found = await this.wire.search(dn, { attributes: ["objectGUID"] });
    const [guid] = found.entries[0]?.values.get("objectguid") ?? [];
    if (guid === undefined) throw new Error(`${dn} has no objectGUID`);
    return guid;
  }

  /** Whether an object is found by that DN. */
  async exists(dn: string): Promise<boolean> {
    return (await this.wire.search(dn, { attributes: ["1.1"] })).code === 0;
  }

  /** Leaf names of what a filter finds below the cases' unit, sorted. */
  async find(filter: string, query: Query = {}): Promise<string[]> {
    const found = await this.wire.search(this.ou, { scope: "sub", filter, attributes: ["cn"], ...query });
    done(found);
    return namesOf(found);
  }

  /** A DN without what differs from run to run: the unit is `<ou>`, the prefix of names is gone. */
  short(dn: string): string {
    return dn.replace(this.otherOu, "<other>").replace(this.ou, "<ou>").replace(this.base, "<base>");
  }
}

export function namesOf(found: Found): string[] {
  return found.entries.flatMap((entry) => (entry.values.get("cn") ?? []).map((cn) => cn.toString("utf8"))).sort();
}

/** Setup that must succeed. Throws with the result code. */
export function done(verdict: Verdict): void {
  if (verdict.code !== 0) throw new Error(`setup failed: result code ${verdict.code}, Win32 ${verdict.win32}`);
}

export function withFacts(verdict: Verdict, facts: Fact): Verdict {
  return { code: verdict.code, win32: verdict.win32, facts };
}
