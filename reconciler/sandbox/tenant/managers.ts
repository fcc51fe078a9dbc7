/** /users/{id}/manager and /directReports (graph.md section 6, [D 19]). */
import { notFound } from "./errors.js";
import { replyObject, showObject } from "./objects.js";
import { replyPage } from "./paging.js";
import { bodyReference } from "./references.js";
import type { Reply } from "./request.js";
import { type Route, route } from "./router.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";
import { checkMastered, protect } from "./user-rules.js";
import { findStoredUser, findUser } from "./users.js";

const RELATION = "manager";

/** Told from "no such user" only by the quoted name [F: aspnet-snippets-sample #6]. */
function managerOf(context: RequestContext): TenantObject {
  for (const manager of context.view.targets(RELATION, findUser(context).id)) return manager;
  throw notFound(RELATION);
}

function getManagerReference(context: RequestContext): Reply {
  const { url } = context.tenant;
  const reference = `${url}/v1.0/directoryObjects/${managerOf(context).id}/Microsoft.DirectoryServices.User`;
  return { status: 200, body: { "@odata.context": `${url}/v1.0/$metadata#$ref`, "@odata.id": reference } };
}

function putManager(context: RequestContext): Reply {
  const { tenant } = context;
  const user = findStoredUser(context);
  const manager = bodyReference(context);
  if (manager.type !== "user") throw notFound(manager.id);
  protect(context, user, false);
  checkMastered(user, [RELATION]);
  const before = [...tenant.store.relations.targets(RELATION, user.id)].filter((id) => id !== manager.id);
  tenant.commit([
    ...before.map((to) => ({ do: "unlink" as const, relation: RELATION, from: user.id, to })),
    { do: "link", relation: RELATION, from: user.id, to: manager.id },
  ]);
  return { status: 204 };
}

function deleteManager(context: RequestContext): Reply {
  const { tenant } = context;
  const user = findStoredUser(context);
  const before = [...tenant.store.relations.targets(RELATION, user.id)];
  if (before.length === 0) throw notFound(RELATION);
  protect(context, user, false);
  checkMastered(user, [RELATION]);
  tenant.commit(before.map((to) => ({ do: "unlink", relation: RELATION, from: user.id, to })));
  return { status: 204 };
}

function listReports(context: RequestContext): Reply {
  const user = findUser(context);
  const reports = [...context.view.sources(RELATION, user.id)].sort((a, b) => a.ordinal - b.ordinal);
  return replyPage(context, {
    set: "directoryObjects",
    selection: undefined,
    after: (ordinal) => reports.filter((report) => report.ordinal > ordinal),
    render: (report) => showObject(context, report),
  });
}

export const MANAGER_ROUTES: readonly Route[] = [
  route("GET", "/users/{id}/manager", "users.read", (context) => replyObject(context, managerOf(context))),
  route("GET", "/users/{id}/manager/$ref", "users.read", getManagerReference),
  route("PUT", "/users/{id}/manager/$ref", "users.manager", putManager),
  route("DELETE", "/users/{id}/manager/$ref", "users.manager", deleteManager),
  route("GET", "/users/{id}/directReports", "users.read", listReports),
];
