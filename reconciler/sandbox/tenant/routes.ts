/** All routes, in the order in which they are tried: a literal segment before a parameter. */
import { BATCH_ROUTES } from "./batch.js";
import { DELTA_ROUTES } from "./delta.js";
import { GROUP_ROUTES } from "./groups.js";
import { LICENCE_ROUTES } from "./licences.js";
import { MEMBER_ROUTES } from "./members.js";
import { MEMBERSHIP_ROUTES } from "./membership.js";
import { ROLE_ROUTES } from "./roles.js";
import type { Route } from "./router.js";
import { TASK_ROUTES } from "./tasks.js";
import { UNIT_ROUTES } from "./units.js";
import { USER_ROUTES } from "./users.js";

export const ROUTES: readonly Route[] = [
  ...BATCH_ROUTES,
  ...DELTA_ROUTES,
  ...USER_ROUTES,
  ...GROUP_ROUTES,
  ...MEMBER_ROUTES,
  ...MEMBERSHIP_ROUTES,
  ...LICENCE_ROUTES,
  ...ROLE_ROUTES,
  ...UNIT_ROUTES,
  ...TASK_ROUTES,
];
