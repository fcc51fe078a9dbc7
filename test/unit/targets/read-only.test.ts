/** Attributes of Active Directory that no policy may map: what the directory, its account database or Muster itself writes. */
import { describe, expect, it } from "vitest";
import { compilePolicies } from "../../../reconciler/policy/compile.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "../../../reconciler/targets/active-directory/capabilities.js";
import { READ_ONLY } from "../../../reconciler/targets/active-directory/read-only.js";
import { EVERYBODY, policiesFrom } from "../../support/policies.js";

const policies = (attribute: string) =>
  policiesFrom(`${EVERYBODY}---
kind: Target
name: corp-ad
type: active-directory
url: env:MUSTER_AD_URL
bind: { user: env:MUSTER_AD_USER, password: env:MUSTER_AD_PASSWORD }
base: DC=corp
forest: corp
managed: { accounts: ["OU=People,DC=corp"] }
claim: employeeNumber
---
kind: Mapping
name: people
target: corp-ad
account: provision
scope: everybody
lifecycle: standard
match: [{ attribute: employeeID, value: "[id]" }]
container: { default: { constant: "OU=People,DC=corp" } }
attributes:
  employeeID: { value: "[id]" }
  sAMAccountName: { unique: { candidates: ["[id]"], within: target } }
  cn: { unique: { candidates: ["[id]"] } }
  ${attribute}: { value: "[id]" }
`);

function refusalOf(attribute: string): string | null {
  try {
    compilePolicies(policies(attribute), "production", () => ACTIVE_DIRECTORY_CAPABILITIES);
    return null;
  } catch (error) {
    return String(error);
  }
}

/** By their kind: systemOnly or constructed in the schema, owned by SAM (MS-SAMR 3.1.1.8), or written by Muster in its own way. */
const NOT_FOR_POLICIES = {
  "set by the directory": [
    ...["objectGUID", "objectCategory", "objectClass", "distinguishedName", "canonicalName", "name", "whenCreated"],
    ...["whenChanged", "uSNCreated", "uSNChanged", "memberOf", "directReports", "msDS-User-Account-Control-Computed"],
  ],
  "set by its account database": ["objectSid", "sAMAccountType", "sIDHistory", "primaryGroupID"],
  "of logons": ["lastLogon", "lastLogoff", "lastLogonTimestamp", "logonCount"],
  "of lockouts": ["lockoutTime", "badPwdCount", "badPasswordTime"],
  "of passwords": ["unicodePwd", "userPassword", "pwdLastSet"],
  "of account state and protection": ["userAccountControl", "adminCount", "nTSecurityDescriptor"],
};

describe("a mapping may not name an attribute", () => {
  it.each(Object.entries(NOT_FOR_POLICIES).flatMap(([kind, names]) => names.map((name) => [kind, name] as const)))(
    "%s: %s",
    (_, name) => {
      expect(refusalOf(name)).toContain(`${name} cannot be mapped`);
      expect(refusalOf(name)).toContain("MUS-1109");
    },
  );

  it("whatever its case; others it may", () => {
    expect(refusalOf("LOCKOUTTIME")).toContain("cannot be mapped");
    for (const name of ["title", "accountExpires", "extensionAttribute1", "logonHours"])
      expect(refusalOf(name)).toBeNull();
  });

  it("and none is refused that this list does not know", () => {
    const known = Object.values(NOT_FOR_POLICIES).flat();
    expect(Object.keys(READ_ONLY).sort()).toEqual(known.map((name) => name.toLowerCase()).sort());
  });
});
