/**
 * Rules for users and groups that the SAM layer enforces on every add and modify (MS-SAMR 3.1.1.6, 3.1.1.8): defaults,
 * unique names, userAccountControl, group types, primary group.
 */
import { randomBytes } from "node:crypto";
import type { Directory, Draft } from "./directory.js";
import { attributeFailure, systemFailure, unwilling, updateFailure } from "./failure.js";
import { fold } from "./fold.js";
import { formatFileTime, newGuid, parseSid } from "./identifiers.js";
import { isAccountClass } from "./schema.js";
import type { Entry } from "./store.js";

/** userAccountControl bits (MS-ADTS 2.2.16). */
export const UAC = {
  disabled: 0x2,
  lockout: 0x10,
  passwordNotRequired: 0x20,
  tempDuplicate: 0x100,
  normal: 0x200,
  interdomainTrust: 0x800,
  workstation: 0x1000,
  server: 0x2000,
  passwordExpired: 0x800000,
} as const;

const ACCOUNT_TYPES = UAC.normal | UAC.interdomainTrust | UAC.workstation | UAC.server;

/** groupType bits (MS-ADTS 2.2.12). */
export const GROUP = { builtin: 0x1, global: 0x2, local: 0x4, universal: 0x8, security: 0x80000000 | 0 } as const;

const DOMAIN_USERS = 513;
const DOMAIN_COMPUTERS = 515;
const NEVER = "9223372036854775807";
/** MS-SAMR 3.1.1.8.4 and Active Directory's own dialogs. */
const FORBIDDEN_SAM = new Set('"/\\[]:;|=,+*?<>@');
const MAX_ACCOUNT_SAM = 20;
/** What an account that has it never loses again, beside its name, type and primary group. */
const KEPT = ["accountexpires", "codepage", "countrycode", "pwdlastset"];

/** Fills in what a new object gets by itself. Attributes that the request gave are there already. */
export function applyDefaults(directory: Directory, draft: Draft): void {
  const { naming } = directory;
  setDefault(draft, "objectguid", newGuid());
  draft.set("objectclass", ...draft.cls.chain);
  draft.set("objectcategory", `CN=${draft.cls.category},${naming.schemaDn}`);
  draft.set("instancetype", draft.parent === 0 ? "5" : "4");
  if (!draft.cls.letters.includes("s")) return;
  const sid = draft.values("objectsid").length > 0 ? undefined : parseSid(`${naming.domainSid}-${directory.nextRid()}`);
  if (sid !== undefined) draft.set("objectsid", sid);
  if (draft.text("samaccountname") === undefined) {
    const random = randomBytes(9).toString("hex").toUpperCase();
    draft.set("samaccountname", `$${random.slice(0, 6)}-${random.slice(6)}`);
  }
  if (!isAccountClass(draft.cls)) {
    setDefault(draft, "grouptype", String(GROUP.security | GROUP.global));
    return;
  }
  const computer = draft.cls.name === "computer";
  const type = computer ? UAC.workstation : UAC.normal;
  setDefault(draft, "useraccountcontrol", String(type | UAC.disabled | UAC.passwordNotRequired));
  setDefault(draft, "primarygroupid", String(computer ? DOMAIN_COMPUTERS : DOMAIN_USERS));
  setDefault(draft, "accountexpires", NEVER);
  const zero = "pwdlastset badpwdcount badpasswordtime lastlogon lastlogoff logoncount codepage countrycode";
  for (const key of zero.split(" ")) setDefault(draft, key, "0");
}

function setDefault(draft: Draft, key: string, value: string | Buffer): void {
  if (draft.values(key).length === 0) draft.set(key, value);
}

/** Checks a security principal as it will be, and sets what follows from it. */
export function checkPrincipal(directory: Directory, draft: Draft): void {
  const touched = (key: string): boolean => draft.touched(key);
  if (!draft.cls.letters.includes("s")) return;
  if (touched("samaccountname")) checkAccountName(directory, draft);
  if (!isAccountClass(draft.cls)) {
    if (touched("grouptype")) checkGroupType(directory, draft);
    return;
  }
  if (KEPT.some((key) => touched(key) && draft.values(key).length === 0)) throw unwilling(0x2077);
  if (touched("userprincipalname")) checkPrincipalName(directory, draft);
  if (touched("useraccountcontrol") || touched("unicodepwd")) checkControl(draft);
  if (touched("pwdlastset")) checkPasswordTime(directory, draft);
  if (touched("lockouttime") && (draft.text("lockouttime") ?? "0") !== "0") throw unwilling(0x57);
  if (touched("primarygroupid")) checkPrimaryGroup(directory, draft);
}

function checkAccountName(directory: Directory, draft: Draft): void {
  const name = draft.text("samaccountname");
  if (name === undefined) throw unwilling(0x2077);
  const bad = [...name].some((char) => char < " " || FORBIDDEN_SAM.has(char)) || name.endsWith(".");
  if (bad || (isAccountClass(draft.cls) && name.length > MAX_ACCOUNT_SAM)) throw systemFailure(0x523);
  const others = directory.living("samaccountname", fold(name)).filter((entry) => entry.id !== draft.id);
  if (others.length > 0) throw updateFailure(isAccountClass(draft.cls) ? 0x524 : 0x526, "ENTRY_EXISTS");
}

/** ERROR_DS_UPN_VALUE_NOT_UNIQUE_IN_FOREST (MS-ADTS 3.1.1.5.2.2, since Windows Server 2012 R2). */
function checkPrincipalName(directory: Directory, draft: Draft): void {
  const name = draft.text("userprincipalname");
  if (name === undefined) return;
  const others = directory.living("userprincipalname", fold(name)).filter((entry) => entry.id !== draft.id);
  if (others.length > 0) throw attributeFailure(0x21c8, "CONSTRAINT_ATT_TYPE", "userPrincipalName");
}

function checkControl(draft: Draft): void {
  if (draft.text("useraccountcontrol") === undefined) throw unwilling(0x2077);
  let control = draft.number("useraccountcontrol") & ~UAC.lockout & ~UAC.passwordExpired;
  if ((control & UAC.tempDuplicate) !== 0) throw systemFailure(0x57);
  if ((control & ACCOUNT_TYPES) === 0) control |= UAC.normal;
  if ((control & (UAC.workstation | UAC.server)) !== 0 && draft.cls.name !== "computer") {
    throw updateFailure(0x207d, "OBJ_CLASS_VIOLATION");
  }
  if ((control & UAC.interdomainTrust) !== 0) throw unwilling(0x2077);
  const enabled = (control & UAC.disabled) === 0;
  const needsPassword = (control & UAC.passwordNotRequired) === 0 && (control & UAC.normal) !== 0;
  if (enabled && needsPassword && draft.values("unicodepwd").length === 0) throw unwilling(0x52d);
  draft.set("useraccountcontrol", String(control));
  draft.set("samaccounttype", (control & UAC.normal) !== 0 ? "805306368" : "805306369");
}

/** Only 0 (must change at the next logon) and -1 (now) may be written (MS-SAMR 3.1.1.8.8). */
function checkPasswordTime(directory: Directory, draft: Draft): void {
  const value = draft.text("pwdlastset") ?? "0";
  if (value === "-1") draft.set("pwdlastset", formatFileTime(directory.now()));
  else if (value !== "0") throw unwilling(0x57);
}

/** One scope, and no direct way between global and domain local (MS-SAMR 3.1.1.8.4, MS-ADTS 3.1.1.5.3.2). */
function checkGroupType(directory: Directory, draft: Draft): void {
  const before = directory.store.get(draft.id);
  const type = draft.number("grouptype");
  const scope = type & (GROUP.global | GROUP.local | GROUP.universal);
  if ((scope & (scope - 1)) !== 0 || scope === 0) throw unwilling(0x2141);
  if ((type & GROUP.builtin) !== 0 && draft.created) throw unwilling(0x2141);
  const old = Number(before?.attributes.get("grouptype")?.[0] ?? 0) & (GROUP.global | GROUP.local);
  if (old !== 0 && (scope & (GROUP.global | GROUP.local)) !== 0 && scope !== old) throw unwilling(0x2141);
  const base = (scope & GROUP.local) !== 0 ? 0x20000000 : 0x10000000;
  draft.set("samaccounttype", String(base + ((type & GROUP.security) !== 0 ? 0 : 1)));
}

/**
 * Which groups a group may have as members, in one domain (MS-SAMR 3.1.1.8.9): a global one global ones, a universal one
 * global and universal ones, a domain local one any.
 */
export function checkNesting(group: Draft, member: Entry): void {
  const inner = Number(member.attributes.get("grouptype")?.[0] ?? 0);
  const isLocal = (inner & GROUP.local) !== 0;
  const outer = Number(group.text("grouptype") ?? GROUP.global);
  if ((outer & GROUP.global) !== 0 && isLocal) throw unwilling(0x2144);
  if ((outer & GROUP.global) !== 0 && (inner & GROUP.universal) !== 0) throw unwilling(0x2145);
  if ((outer & GROUP.universal) !== 0 && isLocal) throw unwilling(0x2146);
}

/** The account must be a member of its new primary group already (MS-SAMR 3.1.1.8.2). */
function checkPrimaryGroup(directory: Directory, draft: Draft): void {
  const rid = draft.text("primarygroupid") ?? "0";
  if (draft.created) {
    if (rid !== String(draft.cls.name === "computer" ? DOMAIN_COMPUTERS : DOMAIN_USERS)) throw unwilling(0x529);
    return;
  }
  const group = groupByRid(directory, rid);
  if (group === undefined || !directory.store.links(group.id, "member").has(draft.id)) throw unwilling(0x529);
}

/** The group whose SID ends in that number. */
export function groupByRid(directory: Directory, rid: string): Entry | undefined {
  const sid = /^\d+$/.test(rid) ? parseSid(`${directory.naming.domainSid}-${rid}`) : undefined;
  return sid === undefined ? undefined : directory.living("objectsid", sid.toString("hex"))[0];
}
