/** Grants as the commands of an administrator: dsacls on Windows, samba-tool with SDDL (MS-DTYP 2.5.1) on Samba. */
import { CLASS_GUIDS, type Grant, RIGHT_GUIDS } from "./grants.js";

/** schemaIDGUID of an attribute, by lDAPDisplayName. Throws when the schema does not have it. */
export type AttributeGuid = (name: string) => string;

/** It searches for the object without the control that shows deleted ones. */
const NO_SAMBA_LINE =
  "samba-tool cannot give this right: it does not find CN=Deleted Objects. Add RPLC to its nTSecurityDescriptor with an LDAP editor that shows deleted objects.";
const CLASS_OF_REACH = { users: "user", groups: "group" } as const;

/** One or more lines. `account` as Windows names it: DOMAIN\name or name@domain. */
export function dsaclsLines(grant: Grant, account: string): string[] {
  const object = quote(grant.dn);
  const give = (inherit: string, permission: string) =>
    `dsacls ${object}${inherit} /G ${quote(`${account}:${permission}`)}`;
  if (grant.right === "read") return [give(" /I:T", "GR")];
  // Nobody may change the rights on Deleted Objects before owning it.
  if (grant.right === "list-deleted") return [`dsacls ${object} /takeownership`, give("", "LCRP")];
  const bits = { "create-child": "CC", "delete-child": "DC", write: "WP", extended: "CA" }[grant.right];
  if (grant.reach === "object") return [give("", `${bits};${grant.name}`)];
  if (grant.reach === "tree") return [give(" /I:T", `${bits};${grant.name}`)];
  return [give(" /I:S", `${bits};${grant.name};${CLASS_OF_REACH[grant.reach]}`)];
}

/** The lines that give a right, as the server's own administrator runs them; those of Samba need the GUIDs of the schema. */
export function linesFor(grant: Grant, account: string, samba: AttributeGuid | null): string[] {
  if (samba === null) return dsaclsLines(grant, account);
  return grant.right === "list-deleted" ? [NO_SAMBA_LINE] : [...sambaAccount(account), sambaLine(grant, samba)];
}

/** Shell lines that say whom the others are for. */
export function sambaAccount(account: string): string[] {
  const sam = /^[^\\@]+\\(.+)$/.exec(account)?.[1] ?? account.replace(/@.*$/, "");
  const show = (attribute: string) =>
    `$(samba-tool user show ${quoteShell(sam)} --attributes=${attribute} | sed -n 's/^${attribute}: //p')`;
  return [`ACCOUNT_DN="${show("distinguishedName")}"`, `ACCOUNT_SID="${show("objectSid")}"`];
}

/**
 * One line of samba-tool. ACCOUNT_DN and ACCOUNT_SID are shell variables that the caller sets: ACEs name nobody but by
 * SID.
 */
export function sambaLine(grant: Grant, guidOf: AttributeGuid): string {
  if (grant.right === "list-deleted") return `# ${NO_SAMBA_LINE}`;
  const ace = sddl(grant, "$ACCOUNT_SID", guidOf);
  return `samba-tool dsacl set --objectdn=${quoteShell(grant.dn)} --trusteedn="$ACCOUNT_DN" --sddl="${ace}"`;
}

/** The ACE of a grant in SDDL. */
export function sddl(grant: Grant, sid: string, guidOf: AttributeGuid): string {
  if (grant.right === "read") return `(A;CI;RPLCLORC;;;${sid})`;
  if (grant.right === "list-deleted") return `(A;;RPLC;;;${sid})`;
  const bits = { "create-child": "CC", "delete-child": "DC", write: "WP", extended: "CR" }[grant.right];
  const flags = { object: "", tree: "CI", users: "CIIO", groups: "CIIO" }[grant.reach];
  const inheritor =
    grant.reach === "users" || grant.reach === "groups" ? (CLASS_GUIDS[CLASS_OF_REACH[grant.reach]] ?? "") : "";
  return `(OA;${flags};${bits};${typeOf(grant, guidOf)};${inheritor};${sid})`;
}

/** GUID of what a grant is about. */
export function typeOf(grant: Grant, guidOf: AttributeGuid): string {
  if (grant.right === "create-child" || grant.right === "delete-child") return CLASS_GUIDS[grant.name] ?? "";
  return grant.right === "extended" ? (RIGHT_GUIDS[grant.name] ?? "") : guidOf(grant.name);
}

/** For cmd.exe: no DN of ours holds what it would interpret but the quote itself, which is doubled. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function quoteShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
