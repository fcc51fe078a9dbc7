/** What else lies in a sandbox's folder: the lock and the password files. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MusterError } from "../../support/errors.js";
import { type Directory, Draft } from "./directory.js";
import { fold } from "./fold.js";
import { formatFileTime } from "./identifiers.js";
import { hashPassword } from "./passwords.js";

/** Makes the folder, and sees to it that one process at a time uses it. Throws MUS-8003. Gives the release. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "lock");
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

/** The file with the account's password. Where it is missing, the account gets a new random password. */
export async function ensurePassword(directory: Directory, folder: string, account: string): Promise<string> {
  const path = join(folder, `${account.toLowerCase()}.password`);
  const known = await readFile(path, "utf8").catch(() => undefined);
  if (known !== undefined && known !== "") return path;
  const password = `${randomBytes(24).toString("base64url")}-aA1`;
  const entry = directory.living("samaccountname", fold(account))[0];
  if (entry === undefined) throw new MusterError("MUS-8001", { what: `the sandbox has no account ${account}` });
  const draft = new Draft(directory.store, entry);
  draft.set("unicodepwd", hashPassword(password));
  draft.set("pwdlastset", formatFileTime(directory.now()));
  await directory.commit([draft]);
  await writeFile(path, password, { mode: 0o600 });
  return path;
}
