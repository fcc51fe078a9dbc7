/** Where pictures are remembered between runs: one file per environment and target in the cache folder, mode 0600. */
import type { PictureMemory } from "../model/ports.js";
import { Cache, cacheFile } from "../repo/cache.js";
import type { Repository } from "../repo/state.js";

const KEY = "picture";

/** undefined where nothing is to be kept: every read is a full one. A file of another version or a damaged one is none. */
export function rememberPicture(
  repository: Repository,
  environment: string,
  target: string,
): PictureMemory | undefined {
  const { cacheFolder, cacheVersion } = repository;
  if (cacheFolder === null) return undefined;
  const kind = `picture ${environment} ${target}`;
  const open = () => Cache.open(cacheFolder, kind, cacheVersion);
  return {
    file: cacheFile(cacheFolder, kind),
    load: () => open().get(KEY),
    save: (value) => {
      const cache = open();
      cache.set(KEY, value);
      cache.save();
    },
  };
}
