/** Functions that exist elsewhere and are refused, with the reason and what to do instead. */

interface Refusal {
  readonly code: "MUS-1202" | "MUS-1208";
  readonly what: string;
  readonly next: string;
}

const RANDOM = "is refused: a plan must give the same result each time it is made";
const ROLES = "works on application roles, which HR data does not have";
const RANDOM_NEXT =
  "Build the value from the worker's own data; initial passwords are made by the target, not by a mapping.";

const NOT_ALLOWED = new Map<string, { readonly why: string; readonly next: string }>([
  ["Guid", { why: RANDOM, next: RANDOM_NEXT }],
  ["RandomString", { why: RANDOM, next: RANDOM_NEXT }],
  ["AppRoleAssignmentsComplex", { why: ROLES, next: "Grant access with an Entitlement." }],
  ["SingleAppRoleAssignment", { why: ROLES, next: "Grant access with an Entitlement." }],
  ["AssertiveAppRoleAssignmentsComplex", { why: ROLES, next: "Grant access with an Entitlement." }],
  [
    "DefaultDomain",
    {
      why: "is refused: it reads the tenant, and a plan is made from the repository",
      next: 'Write the domain as a text: "corp.example".',
    },
  ],
]);

const CLOUD_SYNC_ONLY = ["ConvertFromBase64", "Contains", "CRef", "DNComponent", "StringFromSid"];

/** Why a function that is not in the table is not, where its name is known from elsewhere. */
export function explainRefusal(name: string): Refusal | undefined {
  const refused = NOT_ALLOWED.get(name);
  if (refused !== undefined) return { code: "MUS-1208", what: `${name} ${refused.why}`, next: refused.next };
  if (!CLOUD_SYNC_ONLY.includes(name)) return undefined;
  return {
    code: "MUS-1202",
    what: `${name} belongs to cloud sync and is not offered here`,
    next: "Use one of the functions of docs/mappings.md.",
  };
}
