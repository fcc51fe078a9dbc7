/**
 * The registry of error codes, one file per area. Ranges: 10xx files and YAML, 11xx policies, 12xx expressions,
 * 20xx import, 30xx plan and guards, 40xx apply, journal and lease, 50xx targets, 51xx Active Directory,
 * 52xx Entra ID, 60xx records and ledger, 70xx command line, 80xx sandbox, 90xx Muster itself.
 */
import { APPLY_CODES } from "./apply.js";
import { CLI_CODES } from "./cli.js";
import { EXPRESSION_CODES } from "./expression.js";
import { FILE_CODES } from "./files.js";
import { IMPORT_CODES } from "./import.js";
import { PLAN_CODES } from "./plan.js";
import { POLICY_CODES } from "./policy.js";
import { RECORD_CODES } from "./record.js";
import { SANDBOX_CODES } from "./sandbox.js";
import { TARGET_CODES } from "./targets.js";

export const CODES = {
  ...FILE_CODES,
  ...POLICY_CODES,
  ...EXPRESSION_CODES,
  ...IMPORT_CODES,
  ...PLAN_CODES,
  ...APPLY_CODES,
  ...TARGET_CODES,
  ...RECORD_CODES,
  ...CLI_CODES,
  ...SANDBOX_CODES,
};

export type ErrorCode = keyof typeof CODES;
export type { CodeEntry } from "./entry.js";
