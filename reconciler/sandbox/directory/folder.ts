/** What else lies in the directory's folder: the password files. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MusterError } from "../../support/errors.js";
import { type Directory, Draft } from "./directory.js";
import { fold } from "./fold.js";
import { formatFileTime } from "./identifiers.js";
import { hashPassword } from "./passwords.js";

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
