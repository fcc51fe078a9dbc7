/**
 * The rights that the policies of a target need, one by one: what a delegation grants, and what the doctor looks for. Both
 * come from this list, so the doctor never asks for more than the delegation gives. Which right an operation needs:
 * MS-ADTS 3.1.1.5.2.1 (add), 3.1.1.5.3.1 (modify), 3.1.1.5.4.1.1 (modify DN: the name, the new parent, and the object or its
 * old parent), 3.1.1.5.5.4 (delete), 3.1.1.5.3.7 (undelete).
 */
import type { NeededAttribute, Needs } from "../../../model/check.js";
import type { Verb } from "../../../model/op.js";
import { splitDn } from "../../../support/dn.js";

/** Where a grant holds: the object, it and all containers below it, or all accounts or groups below it. */
export type Reach = "object" | "tree" | "users" | "groups";

export interface Grant {
  readonly dn: string;
  readonly reach: Reach;
  readonly right: "create-child" | "delete-child" | "write" | "extended" | "read" | "list-deleted";
  /** lDAPDisplayName of the class or attribute, or the name of the extended right; "" where the right has none. */
  readonly name: string;
  /** What it is for, for people: "create, move". */
  readonly purpose: string;
}

/** Where the rights are needed. */
export interface Ground {
  readonly base: string;
  /** The domain's own DN. */
  readonly domain: string;
  readonly accounts: readonly string[];
  readonly groups: readonly string[];
}

/** The ground of a target; the domain is what the base names with DC. */
export function groundOf(
  base: string,
  managed: { readonly accounts: readonly string[]; readonly groups: readonly string[] },
): Ground {
  const parts = splitDn(base);
  return { base, domain: parts.filter((part) => /^dc=/i.test(part)).join(","), ...managed };
}

/** GUIDs of classes (MS-ADSC) and extended rights (MS-ADTS 5.1.3.2.1): the same in every forest. */
export const CLASS_GUIDS: Readonly<Record<string, string>> = {
  user: "bf967aba-0de6-11d0-a285-00aa003049e2",
  group: "bf967a9c-0de6-11d0-a285-00aa003049e2",
  organizationalUnit: "bf967aa5-0de6-11d0-a285-00aa003049e2",
};
export const RIGHT_GUIDS: Readonly<Record<string, string>> = {
  "Reset Password": "00299570-246d-11d0-a768-00aa006e0529",
  "Reanimate Tombstones": "45ec5156-db7e-47bb-b53f-dbeb2d03c40f",
};

export const DELETED_OBJECTS = "CN=Deleted Objects";

/** What the account needs in its role, least first. */
export function grantsFor(needs: Needs, ground: Ground): Grant[] {
  return needs.role === "reader" ? readerGrants(ground) : writerGrants(needs, ground);
}

/** All of the base, since names are looked for everywhere; and deleted objects, to see what is gone. */
export function readerGrants({ base, domain }: Ground): Grant[] {
  return [
    { dn: base, reach: "tree", right: "read", name: "", purpose: "read the directory" },
    { dn: `${DELETED_OBJECTS},${domain}`, reach: "object", right: "list-deleted", name: "", purpose: "see deletions" },
  ];
}

function writerGrants(needs: Needs, ground: Ground): Grant[] {
  const uses = (...verbs: Verb[]) => verbs.filter((verb) => needs.verbs.includes(verb));
  const grants: Grant[] = [];
  for (const dn of ground.accounts) {
    const onAccounts = (right: Grant["right"], name: string, why: readonly string[]) => {
      if (why.length === 0) return;
      const reach = right === "create-child" || right === "delete-child" ? "tree" : "users";
      grants.push({ dn, reach, right, name, purpose: why.join(", ") });
    };
    onAccounts("create-child", "user", uses("create", "move", "restore"));
    onAccounts("delete-child", "user", uses("move", "delete"));
    onAccounts("extended", "Reset Password", [...uses("create", "enable"), ...needs.tasks]);
    onAccounts("write", "userAccountControl", uses("create", "enable", "disable"));
    onAccounts("write", "cn", uses("rename", "move", "restore"));
    onAccounts("write", "name", uses("rename", "move", "restore"));
    for (const { name, writtenBy } of writtenAttributes(needs)) onAccounts("write", name, writtenBy);
    if (needs.makesContainers) onAccounts("create-child", "organizationalUnit", uses("create", "move"));
  }
  if (uses("add-member", "remove-member").length > 0) {
    for (const dn of ground.groups)
      grants.push({ dn, reach: "groups", right: "write", name: "member", purpose: "add-member, remove-member" });
  }
  if (uses("restore").length > 0) {
    const purpose = "restore";
    grants.push({ dn: ground.domain, reach: "object", right: "extended", name: "Reanimate Tombstones", purpose });
    const deleted = `${DELETED_OBJECTS},${ground.domain}`;
    grants.push({ dn: deleted, reach: "object", right: "list-deleted", name: "", purpose });
  }
  return grants;
}

/** Without those that have rules of their own above. */
function writtenAttributes(needs: Needs): readonly NeededAttribute[] {
  const apart = new Set(["cn", "name", "useraccountcontrol", "unicodepwd"]);
  return needs.attributes.filter(({ name }) => !apart.has(name.toLowerCase()));
}
