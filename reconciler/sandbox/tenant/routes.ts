/** All routes, in the order in which they are tried: a literal segment before a parameter. */

import { GROUP_ROUTES } from "./groups.js";
import { MEMBER_ROUTES } from "./members.js";
import { MEMBERSHIP_ROUTES } from "./membership.js";
import type { Route } from "./router.js";
import { USER_ROUTES } from "./users.js";

export const ROUTES: readonly Route[] = [...USER_ROUTES, ...GROUP_ROUTES, ...MEMBER_ROUTES, ...MEMBERSHIP_ROUTES];
