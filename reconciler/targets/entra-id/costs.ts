/** What a request counts against the limits of the tenant (throttling-limits, identity and access). */
import type { Method } from "./failure.js";
import type { GraphPath } from "./paths.js";

export interface Cost {
  /** Resource units. */
  readonly units: number;
  /** 1 for a write, 0 for a read. */
  readonly writes: number;
}

/** Units of a GET by the path without values; the first that fits, 1 where none does. */
const READS: readonly (readonly [RegExp, number])[] = [
  [/^\/users(\/delta(\(\))?)?$/, 2],
  [/^\/users\/\{id\}\/(memberOf|transitiveMemberOf|ownedObjects|licenseDetails)\b/, 2],
  [/^\/groups\/\{id\}\/members\b/, 3],
  [/^\/groups\/\{id\}\/transitiveMembers\b/, 5],
  [/^\/subscribedSkus$/, 3],
];

/** POSTs that only ask. */
const QUESTIONS: readonly (readonly [RegExp, number])[] = [
  [/^\/directoryObjects\/getByIds$/, 5],
  [/\/(getMemberGroups|getMemberObjects)$/, 2],
  [/\/(checkMemberGroups|checkMemberObjects)$/, 4],
  [/^\/directoryObjects\/validateProperties$/, 1],
];

/** `$select` saves a unit, `$top` below 20 another one, `$expand` costs one; never less than 1. */
export function costOf(method: Method, path: GraphPath): Cost {
  const find = (table: typeof READS) => table.find(([pattern]) => pattern.test(path.template))?.[1];
  const question = method === "POST" ? find(QUESTIONS) : undefined;
  if (method !== "GET" && question === undefined) return { units: 1, writes: 1 };
  const query = path.text.split("?")[1] ?? "";
  const top = /(?:^|&)\$top=(\d+)/.exec(query)?.[1];
  const saved = (/(?:^|&)\$select=/.test(query) ? 1 : 0) + (top !== undefined && Number(top) < 20 ? 1 : 0);
  const added = /(?:^|&)\$expand=/.test(query) ? 1 : 0;
  return { units: Math.max(1, (question ?? find(READS) ?? 1) - saved + added), writes: 0 };
}
