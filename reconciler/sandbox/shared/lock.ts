/** One process at a time uses what lies in a sandbox's folder. */
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { MusterError } from "../../support/errors.js";

/**
 * Makes the folder, and sees to it that one process at a time holds the lock file of this name in it (the directory and
 * the tenant have one each). Throws MUS-8003. Gives the release.
 */
export async function lockFolder(folder: string, name: "lock" | "tenant.lock"): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    if (isAlive(holder)) break;
    await rm(path, { force: true });
  }
  throw new MusterError("MUS-8003", { what: "another process uses the folder of the sandbox", where: { file: path } });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
