/**
 * Links that Graph gives, and those that it wants. A link is followed only to the host that gave it: a token sent to any
 * other host is a token given away.
 */
import { MusterError } from "../../support/errors.js";
import type { GraphPath } from "./paths.js";

/** The version that is spoken. */
export const VERSION = "v1.0";

/** Root of a Graph service: "https://graph.microsoft.com", without a slash at the end. */
export type GraphRoot = string;

/** The root as it is compared and built upon. Throws MUS-5201 for anything but https, or with a path behind the host. */
export function graphRoot(url: string): GraphRoot {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== "https:" || parsed.pathname !== "/" || parsed.search !== "" || parsed.username !== "")
    throw new MusterError("MUS-5201", { what: "the address of Graph is not of the form https://host" });
  return parsed.origin;
}

/**
 * A nextLink or deltaLink as a path, otherwise unchanged: the Graph client takes the host of an absolute link for its
 * own. Throws MUS-5201 for another host or version.
 */
export function followLink(link: unknown, root: GraphRoot, template: string): GraphPath {
  const url = typeof link === "string" && URL.canParse(link) ? new URL(link) : null;
  if (typeof link !== "string" || url?.origin !== root || url.username !== "" || url.password !== "")
    throw new MusterError("MUS-5201", { what: `a reply to ${template} holds a link that leads to another host` });
  const versioned = /^\/v1\.0(?=\/)/;
  if (!versioned.test(url.pathname))
    throw new MusterError("MUS-5201", { what: `a reply to ${template} holds a link to another version of Graph` });
  return { text: link.slice(link.indexOf(VERSION) + VERSION.length), template };
}

/** How a request names an object that exists (`@odata.id`, `manager@odata.bind`, `members@odata.bind`). */
export function objectLink(root: GraphRoot, id: string, collection: "directoryObjects" | "users" = "directoryObjects") {
  return `${root}/${VERSION}/${collection}/${encodeURIComponent(id)}`;
}
