/** Who is bound, which groups that makes, and whether it is more than Muster needs. */
import type { Check } from "../../../model/check.js";
import { ok, unknown, warning } from "../../doctor/findings.js";
import { decodeSid } from "../identity.js";
import { textsOf } from "../read.js";
import type { Entry } from "../search.js";
import type { Session } from "../session.js";
import { type Requester, requesterOf } from "./access.js";
import { ask, equals } from "./ask.js";

export interface Principal {
  /** DN, or the user as the Target names it. */
  readonly name: string;
  /** Null where the server does not say which groups count. */
  readonly requester: Requester | null;
  /** Names of groups that may do anything, or can get there. */
  readonly privileged: readonly string[];
}

/** Groups by the last part of a domain's SID (MS-DTYP 2.4.2.4), and built-in ones. */
const DOMAIN_GROUPS: Readonly<Record<string, string>> = {
  "500": "the built-in Administrator",
  "512": "Domain Admins",
  "516": "Domain Controllers",
  "518": "Schema Admins",
  "519": "Enterprise Admins",
  "520": "Group Policy Creator Owners",
};
const BUILTIN_GROUPS: Readonly<Record<string, string>> = {
  "S-1-5-32-544": "Administrators",
  "S-1-5-32-548": "Account Operators",
  "S-1-5-32-549": "Server Operators",
  "S-1-5-32-551": "Backup Operators",
};
const PRIVILEGED_NAMES = [...Object.values(DOMAIN_GROUPS), ...Object.values(BUILTIN_GROUPS)];

export async function findPrincipal(session: Session, base: string): Promise<Principal> {
  const { user } = session.options;
  const [rootDse] = await ask(session, { base: "", scope: "base", attributes: ["tokenGroups"] });
  const token = sidsOf(rootDse, "tokenGroups");
  const entry = await findOwnEntry(session, base, user, token[0]);
  const groups = token.length > 0 || entry === undefined ? token : await askTokenGroups(session, entry);
  const own = sidsOf(entry, "objectSid");
  const sids = groups.length === 0 ? null : [...own, ...groups];
  const byName = textsOf(entry ?? NOBODY, "memberOf").flatMap(
    (dn) => PRIVILEGED_NAMES.find((name) => dn.toLowerCase().startsWith(`cn=${name.toLowerCase()},`)) ?? [],
  );
  return {
    name: entry?.dn ?? user,
    requester: sids === null ? null : requesterOf(sids),
    privileged: [...new Set([...(sids ?? own).flatMap(privilegeOf), ...byName])],
  };
}

const NOBODY: Entry = { dn: "", values: new Map() };

async function findOwnEntry(
  session: Session,
  base: string,
  user: string,
  sid: string | undefined,
): Promise<Entry | undefined> {
  const attributes = ["objectSid", "memberOf", "sAMAccountName"];
  const sam = /^[^\\@]+\\(.+)$/.exec(user)?.[1] ?? /^([^@]+)@/.exec(user)?.[1] ?? user;
  const questions = [
    ...(sid === undefined ? [] : [{ base: `<SID=${sid}>`, scope: "base", attributes } as const]),
    ...(/^[A-Za-z]+ *=/.test(user) ? [{ base: user, scope: "base", attributes } as const] : []),
    { base, scope: "sub", filter: equals("userPrincipalName", user), attributes } as const,
    { base, scope: "sub", filter: equals("sAMAccountName", sam), attributes } as const,
  ];
  for (const question of questions) {
    const [entry] = await ask(session, question).catch(() => []);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** Of the account itself: all its groups, nested ones too (MS-ADTS 3.1.1.4.5.19). */
async function askTokenGroups(session: Session, entry: Entry): Promise<string[]> {
  const [self] = await ask(session, { base: entry.dn, scope: "base", attributes: ["tokenGroups"] });
  return sidsOf(self, "tokenGroups");
}

function sidsOf(entry: Entry | undefined, attribute: string): string[] {
  return (entry?.values.get(attribute.toLowerCase()) ?? []).flatMap((bytes) => decodeSid(bytes) ?? []);
}

function privilegeOf(sid: string): string[] {
  const domain = /^S-1-5-21-\d+-\d+-\d+-(\d+)$/.exec(sid)?.[1];
  const name = domain === undefined ? BUILTIN_GROUPS[sid] : DOMAIN_GROUPS[domain];
  return name === undefined ? [] : [name];
}

export function examinePrincipal(principal: Principal): Check[] {
  const { name, requester, privileged } = principal;
  const checks: Check[] = [ok("bind", null, `bound as ${name}`)];
  if (privileged.length > 0) {
    const what = `${name} is, or is a member of, ${privileged.join(", ")}: whoever gets its password owns the directory`;
    const remedy = "Use an account that is in none of these groups, and delegate to it what --delegation prints.";
    checks.push(warning("privilege", null, what, remedy));
  } else if (requester === null) {
    checks.push(unknown("privilege", null, "the server does not say which groups the account is in (tokenGroups)"));
  } else checks.push(ok("privilege", null, "the account is in no group that administers the directory"));
  return checks;
}
