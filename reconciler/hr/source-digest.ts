/** The digest of a source's worker files, as SourceRecord.digest holds it. */
import { createHash } from "node:crypto";
import { sha256 } from "../model/hash.js";
import { compareText } from "../model/identity.js";

/** Object id that git gives a file of this content (SHA-1 repositories). */
export function gitBlobId(content: string): string {
  const bytes = Buffer.from(content, "utf8");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** SHA-256 over the lines "<path> <blob id>\n", sorted by path. */
export function sourceDigest(files: Iterable<readonly [path: string, blob: string]>): string {
  const sorted = [...files].sort(([a], [b]) => compareText(a, b));
  return sha256(sorted.map(([path, blob]) => `${path} ${blob}\n`).join(""));
}
