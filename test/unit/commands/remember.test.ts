import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rememberPicture } from "../../../reconciler/commands/remember.js";
import type { Repository } from "../../../reconciler/repo/state.js";
import { temporaryFolder } from "../repo/temp-repository.js";

/** Only what a memory needs of a repository. */
function repositoryWith(cacheFolder: string | null, cacheVersion = "1"): Repository {
  return { cacheFolder, cacheVersion } as Repository;
}

describe("a remembered picture", () => {
  it("is given back, to the next run too, and the last one saved counts", () => {
    const folder = temporaryFolder();
    const memory = rememberPicture(repositoryWith(folder), "production", "corp-ad");
    expect(memory?.load()).toBeUndefined();
    memory?.save({ usn: 1, objects: ["Zoë"] });
    memory?.save({ usn: 2, objects: [] });
    expect(memory?.load()).toEqual({ usn: 2, objects: [] });
    expect(rememberPicture(repositoryWith(folder), "production", "corp-ad")?.load()).toEqual({ usn: 2, objects: [] });
  });

  it("is nobody else's: each environment and target has its own, each version too", () => {
    const folder = temporaryFolder();
    rememberPicture(repositoryWith(folder), "production", "corp-ad")?.save({ usn: 1 });
    const others = [
      rememberPicture(repositoryWith(folder), "production", "lab-ad"),
      rememberPicture(repositoryWith(folder), "test", "corp-ad"),
      // Names that a file name cannot hold are still two names.
      rememberPicture(repositoryWith(folder), "production corp", "ad"),
      rememberPicture(repositoryWith(folder, "2"), "production", "corp-ad"),
    ];
    expect(others.map((memory) => memory?.load())).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("is for its owner only, and as good as none when it is damaged", () => {
    const folder = temporaryFolder();
    const memory = rememberPicture(repositoryWith(folder), "production", "corp-ad");
    memory?.save({ usn: 1 });
    const file = join(folder, readdirSync(folder)[0] ?? "");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, readFileSync(file, "utf8").replace('"usn":1', '"usn":9'));
    expect(memory?.load()).toBeUndefined();
  });

  it("is not kept without a cache folder", () => {
    expect(rememberPicture(repositoryWith(null), "production", "corp-ad")).toBeUndefined();
  });
});
