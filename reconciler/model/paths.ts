/** Where the files of the state repository lie. A path follows from the content, so a file elsewhere is an error. */
import { encodeFileName, sha256, shardOf } from "./hash.js";

export const WORKERS = "state/workers";
export const SOURCES = "state/sources";
export const POLICIES = "policies";

/** File systems allow 255 bytes for a name. */
const LONGEST_NAME = 200;

/** state/workers/<source>/<shard>/<id>.yaml */
export function workerPath(source: string, id: string): string {
  return `${WORKERS}/${encodeFileName(source)}/${shardOf(id)}/${fileName(id)}`;
}

/** state/sources/<source>.yaml */
export function sourceRecordPath(source: string): string {
  return `${SOURCES}/${fileName(source)}`;
}

/** state/environments/<environment> */
export function environmentFolder(environment: string): string {
  return `state/environments/${encodeFileName(environment)}`;
}

/** accounts/<target>/<shard>/<identity>.yaml of an environment */
export function accountPath(environment: string, target: string, identity: string): string {
  return `${environmentFolder(environment)}/accounts/${encodeFileName(target)}/${shardOf(identity)}/${fileName(identity)}`;
}

/** groups/<target>/<name>.yaml of an environment */
export function groupPath(environment: string, target: string, group: string): string {
  return `${environmentFolder(environment)}/groups/${encodeFileName(target)}/${fileName(group)}`;
}

/** runs/<yyyy>/<mm>/<run>.yaml of an environment; `started` is the run's first instant, ISO 8601 in UTC. */
export function runPath(environment: string, started: string, run: string): string {
  return `${environmentFolder(environment)}/runs/${started.slice(0, 4)}/${started.slice(5, 7)}/${fileName(run)}`;
}

/** The key, percent-encoded; a long one is cut and told apart by its digest. */
function fileName(key: string): string {
  const encoded = encodeFileName(key);
  if (encoded.length <= LONGEST_NAME) return `${encoded}.yaml`;
  return `${encoded.slice(0, LONGEST_NAME - 40)}~${sha256(key).slice(0, 32)}.yaml`;
}
