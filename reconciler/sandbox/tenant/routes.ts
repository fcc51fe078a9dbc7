/** All routes, in the order in which they are tried: a literal segment before a parameter. */
import type { Route } from "./router.js";
import { USER_ROUTES } from "./users.js";

export const ROUTES: readonly Route[] = [...USER_ROUTES];
