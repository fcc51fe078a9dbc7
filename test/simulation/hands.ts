/** Everybody else's access to a directory, the same for the in-memory one and for the sandbox over the wire. */

import type { Anchor, Observed, ObservedAccount } from "../../reconciler/model/observed.js";
import type { TargetPort } from "../../reconciler/model/ports.js";
import { MusterError } from "../../reconciler/support/errors.js";
import { AD_LIKE } from "../../reconciler/targets/memory/presets.js";
import { type MemoryTarget, memoryTarget } from "../../reconciler/targets/memory/target.js";
import { type Dialect, directoryDialect } from "./dialect.js";
import { GROUPS, GROUPS_OU, JOINERS, LEAVERS, OUTSIDE, PEOPLE_OU, STAFF, TARGET } from "./policy.js";
import { type Picture, pictureOf } from "./shadow.js";

export interface NewAccount {
  readonly attributes: Readonly<Record<string, string>>;
  readonly container: string;
  readonly enabled: boolean;
}

/** All but the first three give false (or null) where the directory refuses. */
export interface Hands {
  readonly port: TargetPort;
  readonly dialect: Dialect;
  /** What a bystander sees, of every watched attribute and group. */
  picture(): Promise<Picture>;
  /** All accounts, in an order that does not depend on how anchors came about. */
  accounts(): Promise<readonly ObservedAccount[]>;
  /** Requests that write, so far. */
  writes(): number;
  addAccount(account: NewAccount): Promise<Anchor | null>;
  edit(anchor: Anchor, changes: Readonly<Record<string, string | null>>): Promise<boolean>;
  move(anchor: Anchor, container: string): Promise<boolean>;
  enable(anchor: Anchor): Promise<boolean>;
  disable(anchor: Anchor): Promise<boolean>;
  remove(anchor: Anchor): Promise<boolean>;
  changeMember(change: "add-member" | "remove-member", group: number, account: Anchor): Promise<boolean>;
  /** Only where the target has them. */
  changeLicence?(change: "assign-licence" | "remove-licence", account: Anchor): Promise<boolean>;
  /** Brings back one of those that were deleted. */
  restore?(who: number): Promise<boolean>;
  /** Looks after every write until the function is called, which gives their number and throws what was wrong (order). */
  watch?(leavers: ReadonlySet<Anchor>): () => number;
  /** So much time passes, milliseconds; whoever shows an older state catches up. */
  pass?(ms: number): void;
}

/** Attributes that any world can hold: what is compared when a test says that nothing else was touched. */
export const WATCHED = [
  "cn",
  "company",
  "department",
  "description",
  "displayName",
  "employeeID",
  "givenName",
  "mail",
  "manager",
  "sAMAccountName",
  "sn",
  "title",
  "userPrincipalName",
] as const;

/** The picture that checks are made on: every watched attribute, every group. */
export function observeAll(port: TargetPort) {
  const groups = GROUPS.map((name) => ({ name: `CN=${name},${GROUPS_OU}`, anchor: null }));
  return port.observe({ attributes: WATCHED, groups });
}

export interface MemoryHands extends Hands {
  readonly port: MemoryTarget;
}

/** A new in-memory directory with the containers and groups of every world. */
export function memoryHands(shuffle = 0): MemoryHands {
  const managed = { accounts: [PEOPLE_OU], groups: [GROUPS_OU] };
  const port = memoryTarget({ ...AD_LIKE, name: TARGET, managed, shuffle });
  const { directory } = port;
  for (const container of [STAFF, JOINERS, LEAVERS, OUTSIDE]) directory.addContainer(container);
  const groups = GROUPS.map((name) => directory.addGroup({ attributes: { cn: name } }));
  return handsIn(port, directoryDialect("memory"), groups, () => observeAll(port));
}

/** Hands in a directory in memory with these groups; `observe` is what a bystander sees. */
export function handsIn(
  port: MemoryTarget,
  dialect: Dialect,
  groups: readonly Anchor[],
  observe: () => Promise<Observed>,
): MemoryHands {
  const { directory } = port;
  return {
    port,
    dialect,
    picture: async () => pictureOf(await observe()),
    accounts: async () => byAddress((await observe()).accounts),
    writes: () => directory.writes.length,
    addAccount: async (account) => attempt(() => directory.addAccount(account)),
    edit: async (anchor, changes) => attempted(() => directory.editAccount(anchor, changes)),
    move: async (anchor, container) => attempted(() => directory.moveAccount(anchor, container)),
    enable: async (anchor) => attempted(() => directory.enableAccount(anchor)),
    disable: async (anchor) => attempted(() => directory.disableAccount(anchor)),
    remove: async (anchor) => attempted(() => directory.deleteObject(anchor)),
    restore: async (who) => {
      const deleted = [...directory.deleted.keys()];
      const anchor = deleted[who % Math.max(1, deleted.length)];
      return anchor !== undefined && attempted(() => directory.restoreAccount(anchor));
    },
    changeMember: async (change, group, account) =>
      attempted(() => {
        const anchor = groups[group % groups.length] ?? "";
        if (change === "add-member") directory.addMember(anchor, account);
        else directory.removeMember(anchor, account);
      }),
  };
}

/** By DN: anchors of a real directory are random. */
export function byAddress(accounts: readonly ObservedAccount[]): ObservedAccount[] {
  return [...accounts].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
}

function attempt<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof MusterError) return null;
    throw error;
  }
}

export function attempted(run: () => void): boolean {
  return (
    attempt(() => {
      run();
      return true;
    }) === true
  );
}
