/**
 * Subscriptions and service plans: a small part of Microsoft's published table of product names and service plan
 * identifiers, with what excludes and needs what [D 9]. The countries without service are an example [U].
 */
export const PLANS = {
  EXCHANGE_S_STANDARD: "9aaf7827-d63c-4b61-89c3-182f06f82e5c",
  EXCHANGE_S_ENTERPRISE: "efb87545-963c-4e0d-99df-69c6916d9eb0",
  EXCHANGE_S_ARCHIVE_ADDON: "176a09a6-7ec5-4039-ac02-b2791c6ba793",
  SHAREPOINTSTANDARD: "c7699d2e-19aa-44de-8edf-1736da088ca1",
  SHAREPOINTENTERPRISE: "5dbe027f-2339-4123-9542-606e4d348a72",
  SHAREPOINTWAC: "e95bec33-7c88-4a70-8e19-b10bd9d0c014",
  TEAMS1: "57ff2da0-773e-42df-b2af-ffb7a2317929",
  MCOSTANDARD: "0feaeb32-d00e-4d66-bd5a-43b5b83db82c",
  OFFICESUBSCRIPTION: "43de0ff5-c92c-492b-9116-175376d08c38",
  INTUNE_A: "c1ec4a95-1f05-45b3-a911-aa3fa01094f5",
  AAD_PREMIUM: "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
  MFA_PREMIUM: "8a256a2b-b617-496d-b51b-e76466e88db0",
} as const;

export type PlanName = keyof typeof PLANS;

export interface Product {
  readonly skuId: string;
  readonly plans: readonly PlanName[];
}

export const PRODUCTS: Readonly<Record<string, Product>> = {
  STANDARDPACK: {
    skuId: "18181a46-0d4e-45cd-891e-60aabd171b4e",
    plans: ["EXCHANGE_S_STANDARD", "SHAREPOINTSTANDARD", "SHAREPOINTWAC", "TEAMS1", "MCOSTANDARD"],
  },
  ENTERPRISEPACK: {
    skuId: "6fd2c87f-b296-42f0-b197-1e91e994b900",
    plans: [
      "EXCHANGE_S_ENTERPRISE",
      "SHAREPOINTENTERPRISE",
      "SHAREPOINTWAC",
      "TEAMS1",
      "MCOSTANDARD",
      "OFFICESUBSCRIPTION",
    ],
  },
  EMS: { skuId: "efccb6f7-5641-4e0e-bd10-b4976e1bf68e", plans: ["AAD_PREMIUM", "INTUNE_A", "MFA_PREMIUM"] },
  EXCHANGEARCHIVE_ADDON: { skuId: "ee02fd1b-340e-4a4b-b355-4a514e4c8943", plans: ["EXCHANGE_S_ARCHIVE_ADDON"] },
};

/** Plans of which a user has one at most. */
export const EXCLUSIVE: readonly (readonly PlanName[])[] = [
  ["EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE"],
  ["SHAREPOINTSTANDARD", "SHAREPOINTENTERPRISE"],
];

/** A plan, and the plans of which it needs one. */
export const NEEDS: Partial<Record<PlanName, readonly PlanName[]>> = {
  EXCHANGE_S_ARCHIVE_ADDON: ["EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE"],
  SHAREPOINTWAC: ["SHAREPOINTSTANDARD", "SHAREPOINTENTERPRISE"],
};

/** usageLocations where nothing may be assigned. */
export const PROHIBITED: ReadonlySet<string> = new Set(["CU", "IR", "KP", "SY"]);

/** What a tenant bought. */
export interface SeedSku {
  readonly skuPartNumber: string;
  readonly enabled: number;
  /** In the grace period: still assignable [U]. */
  readonly warning?: number;
  readonly suspended?: number;
}

export const DEFAULT_SKUS: readonly SeedSku[] = [
  { skuPartNumber: "ENTERPRISEPACK", enabled: 25 },
  { skuPartNumber: "STANDARDPACK", enabled: 10 },
  { skuPartNumber: "EMS", enabled: 20 },
  { skuPartNumber: "EXCHANGEARCHIVE_ADDON", enabled: 5 },
];
