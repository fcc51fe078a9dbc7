/** The objects on which rights are looked at: all containers up to a limit, a few accounts of each, and groups. */
import { NotFilter, OrFilter } from "ldapts";
import { isUnder, normalizeDn } from "../../../support/dn.js";
import { decodeSid } from "../identity.js";
import { textOf, textsOf } from "../read.js";
import type { Entry } from "../search.js";
import type { Session } from "../session.js";
import { all, ask, equals } from "./ask.js";
import type { Ground } from "./grants.js";
import { parseSecurityDescriptor, type SecurityDescriptor } from "./security-descriptor.js";

export interface Seen {
  readonly dn: string;
  /** Null where it may not be read. */
  readonly descriptor: SecurityDescriptor | null;
  /** In lower case; null where the server does not compute them. */
  readonly effective: { readonly attributes: ReadonlySet<string>; readonly classes: ReadonlySet<string> } | null;
  readonly sid: string | undefined;
  /** Whether what every observe needs of it could be read. */
  readonly readable: boolean;
  /** sDRightsEffective: what of the security descriptor the bound user may change. */
  readonly mayChange: number;
}

export interface Sample {
  readonly containers: readonly Seen[];
  readonly accounts: readonly Seen[];
  readonly groups: readonly Seen[];
  /** The domain itself and other single objects. */
  readonly others: readonly Seen[];
}

export const SAMPLE = { containers: 50, accounts: 5, groups: 20 } as const;

const LOOK = [
  "objectGUID",
  "objectSid",
  "objectClass",
  "userAccountControl",
  "nTSecurityDescriptor",
  "allowedAttributesEffective",
  "allowedChildClassesEffective",
  "sDRightsEffective",
];

export async function takeSample(session: Session, ground: Ground, named: readonly string[]): Promise<Sample> {
  const containers = await gather(ground.accounts, (base) => {
    const classes = ["organizationalUnit", "container"].map((name) => equals("objectClass", name));
    return look(session, base, "sub", new OrFilter({ filters: classes }), SAMPLE.containers);
  });
  const accounts = await gather(
    containers.map((container) => container.dn),
    (base) => look(session, base, "one", ACCOUNT, SAMPLE.accounts),
  );
  const groups = await gather(ground.groups, (base) =>
    look(session, base, "sub", equals("objectClass", "group"), SAMPLE.groups),
  );
  const entitled = await gather(
    named.filter((dn) => ground.groups.some((base) => isUnder(dn, base))),
    (base) => look(session, base, "base", equals("objectClass", "group"), 1),
  );
  const groupContainers = await gather(ground.groups, (base) => look(session, base, "base", undefined, 1));
  return {
    containers: [...containers, ...groupContainers],
    accounts,
    groups: unique([...entitled, ...groups]),
    others: await gather([ground.base, ground.domain], (base) => look(session, base, "base", undefined, 1)),
  };
}

/** Protected accounts have rights of their own (AdminSDHolder), and Muster does not write them. */
const ACCOUNT = all(
  equals("objectClass", "user"),
  new NotFilter({ filter: equals("objectClass", "computer") }),
  new NotFilter({ filter: equals("adminCount", "1") }),
);

export function seenBelow(list: readonly Seen[], dn: string): Seen[] {
  return list.filter((one) => isUnder(one.dn, dn));
}

async function gather(bases: readonly string[], read: (base: string) => Promise<Seen[]>): Promise<Seen[]> {
  const found: Seen[] = [];
  for (const base of bases) found.push(...(await read(base)));
  return unique(found);
}

function unique(list: readonly Seen[]): Seen[] {
  return [...new Map(list.map((one) => [normalizeDn(one.dn), one])).values()];
}

async function look(
  session: Session,
  base: string,
  scope: "base" | "one" | "sub",
  filter: ReturnType<typeof equals> | undefined,
  enough: number,
): Promise<Seen[]> {
  const question = { base, scope, attributes: LOOK, enough, ...(filter === undefined ? {} : { filter }) };
  return (await ask(session, question)).map(toSeen);
}

function toSeen(entry: Entry): Seen {
  const [descriptor] = entry.values.get("ntsecuritydescriptor") ?? [];
  const [sid] = entry.values.get("objectsid") ?? [];
  const changes = textOf(entry, "sDRightsEffective");
  const lower = (attribute: string) => new Set(textsOf(entry, attribute).map((name) => name.toLowerCase()));
  const isUser = textsOf(entry, "objectClass").some((name) => name.toLowerCase() === "user");
  const has = (attribute: string) => entry.values.has(attribute.toLowerCase());
  return {
    dn: entry.dn,
    descriptor: descriptor === undefined || descriptor.length === 0 ? null : parseSecurityDescriptor(descriptor),
    // A server that computes effective rights always says what may be done to the descriptor; without any right the
    // other two are simply absent.
    effective:
      changes === undefined
        ? null
        : { attributes: lower("allowedAttributesEffective"), classes: lower("allowedChildClassesEffective") },
    sid: sid === undefined ? undefined : decodeSid(sid),
    readable: has("objectGUID") && (!isUser || has("userAccountControl")),
    mayChange: Number(changes ?? "0"),
  };
}
