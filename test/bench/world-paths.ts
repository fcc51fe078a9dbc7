/** Where the parts of a world lie. */
import { join } from "node:path";

/** The branch on which one worker has changed. */
export const CHANGED = "changed";

export interface WorldPaths {
  readonly repository: string;
  readonly export: string;
  /** The same export with another title in one row. */
  readonly changedExport: string;
  readonly directory: string;
  /** The cache as a plan leaves it. */
  readonly cache: string;
}

export function worldPaths(folder: string): WorldPaths {
  return {
    repository: join(folder, "repository"),
    export: join(folder, "workers.csv"),
    changedExport: join(folder, "workers-changed.csv"),
    directory: join(folder, "directory.json"),
    cache: join(folder, "cache"),
  };
}
