/** All routes, in the order in which they are tried: a literal segment before a parameter. */
import { BATCH_ROUTES } from "./batch.js";
import { DELETED_ROUTES } from "./deleted.js";
import { DELTA_ROUTES } from "./delta.js";
import { GROUP_ROUTES } from "./groups.js";
import { LICENCE_ROUTES } from "./licences.js";
import { MANAGER_ROUTES } from "./managers.js";
import { MEMBER_ROUTES } from "./members.js";
import { MEMBERSHIP_ROUTES } from "./membership.js";
import { OBJECT_ROUTES } from "./objects.js";
import { ORGANIZATION_ROUTES } from "./organization.js";
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
  ...MANAGER_ROUTES,
  ...DELETED_ROUTES,
  ...OBJECT_ROUTES,
  ...ORGANIZATION_ROUTES,
];
