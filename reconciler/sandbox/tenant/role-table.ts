/**
 * Directory roles with Microsoft's template ids, and who outranks whom for sensitive actions (graph.md section 14, [D 34]).
 */
export interface RoleTemplate {
  readonly displayName: string;
  readonly templateId: string;
  /** Whether a User Administrator may perform sensitive actions on its holders. */
  readonly rank: "below-user-administrator" | "privileged";
}

const LOW = "below-user-administrator";
const HIGH = "privileged";

export const ROLES: readonly RoleTemplate[] = [
  { displayName: "Global Administrator", templateId: "62e90394-69f5-4237-9190-012177145e10", rank: HIGH },
  { displayName: "Privileged Role Administrator", templateId: "e8611ab8-c189-46e8-94e1-60213ab1f814", rank: HIGH },
  {
    displayName: "Privileged Authentication Administrator",
    templateId: "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    rank: HIGH,
  },
  { displayName: "Authentication Administrator", templateId: "c4e39bd9-1100-46d3-8c65-fb160da0071f", rank: HIGH },
  { displayName: "Exchange Administrator", templateId: "29232cdf-9323-42fd-ade2-1d097af3e4de", rank: HIGH },
  { displayName: "User Administrator", templateId: "fe930be7-5e62-47db-91af-98c3a49a38b1", rank: LOW },
  { displayName: "Helpdesk Administrator", templateId: "729827e3-9c14-49f7-bb1b-9608f156bbb8", rank: LOW },
  { displayName: "Password Administrator", templateId: "966707d0-3269-4727-9be2-8c3a10f19b9d", rank: LOW },
  { displayName: "Groups Administrator", templateId: "fdd7a751-b60b-444a-984c-02652fe8fa1c", rank: LOW },
  { displayName: "Guest Inviter", templateId: "95e79109-95c0-4d8e-aee3-d01accf2d47b", rank: LOW },
  { displayName: "Directory Readers", templateId: "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", rank: LOW },
  { displayName: "Message Center Reader", templateId: "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b", rank: LOW },
  { displayName: "Reports Reader", templateId: "4a5d8f65-41da-4de4-8968-e035b65339cf", rank: LOW },
  { displayName: "Usage Summary Reports Reader", templateId: "75934031-6c7e-415a-99d7-48dbd49e875e", rank: LOW },
];

/** Roles of the application that suffice for a target's rank. */
export const OUTRANKING: Readonly<Record<RoleTemplate["rank"], readonly string[]>> = {
  "below-user-administrator": ["User Administrator", "Privileged Authentication Administrator", "Global Administrator"],
  privileged: ["Privileged Authentication Administrator", "Global Administrator"],
};

/** A role that is not in the table (a custom one) counts as privileged. */
export function rankOf(displayName: string): RoleTemplate["rank"] {
  return ROLES.find((role) => role.displayName === displayName)?.rank ?? "privileged";
}
