/** References to objects in bodies: "https://.../v1.0/users/{id}" and "https://.../v1.0/directoryObjects/{id}". */
import { badRequest, notFound } from "./errors.js";
import type { Json } from "./relations.js";
import { bodyObject } from "./request.js";
import { readSegments } from "./router.js";
import type { RequestContext } from "./state.js";
import type { ObjectType, TenantObject } from "./store.js";
import { GRAPH_AUDIENCE } from "./tokens.js";

const SETS: Readonly<Record<string, ObjectType | undefined>> = { users: "user", groups: "group" };

/** The living object that a reference names. Throws 400 for what is no reference, 404 for what is not there. */
export function resolveReference(context: RequestContext, reference: Json | undefined): TenantObject {
  const { url, store } = context.tenant;
  const text = typeof reference === "string" ? reference : "";
  const root = [url, GRAPH_AUDIENCE].find((one) => text.startsWith(`${one}/v1.0/`));
  const [set = "", id = "", ...rest] = root === undefined ? [] : readSegments(text.slice(`${root}/v1.0`.length));
  const type = Object.hasOwn(SETS, set) ? SETS[set] : undefined;
  if ((type === undefined && set !== "directoryObjects") || id === "" || rest.length > 0) {
    throw badRequest(
      "Invalid object identifier or reference: the '@odata.id' must be the address of a directory object.",
    );
  }
  const object =
    store.get(id.toLowerCase()) ??
    (type === "user" ? store.get(store.find("userPrincipalName", id.toLowerCase())[0] ?? "") : undefined);
  if (object === undefined || object.deletedAt !== null || (type !== undefined && object.type !== type))
    throw notFound(id);
  return object;
}

/** The "@odata.id" of a body of `.../$ref`. */
export function bodyReference(context: RequestContext): TenantObject {
  return resolveReference(context, bodyObject(context)["@odata.id"]);
}
