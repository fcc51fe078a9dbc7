/** All routes, in the order in which they are tried: a literal segment before a parameter. */
import { DELETED_ROUTES } from "./deleted.js";
import { MANAGER_ROUTES } from "./managers.js";
import { OBJECT_ROUTES } from "./objects.js";
import { ORGANIZATION_ROUTES } from "./organization.js";
import type { Route } from "./router.js";
import { USER_ROUTES } from "./users.js";

export const ROUTES: readonly Route[] = [
  ...USER_ROUTES,
  ...MANAGER_ROUTES,
  ...DELETED_ROUTES,
  ...OBJECT_ROUTES,
  ...ORGANIZATION_ROUTES,
];
