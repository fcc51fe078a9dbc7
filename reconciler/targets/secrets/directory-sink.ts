/**
 * Secrets as files: each one encrypted with age to all recipients, in a folder that git never sees. A password is handed to
 * the directory only after `put` returned, so it must be on the disk by then: written under another name, synced, renamed,
 * and the folder synced. The name says target and op and nothing about the person; who it is for stands inside.
 */
import { chmod, type FileHandle, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { encodeFileName } from "../../model/hash.js";
import type { KeptSecret, Secret, SecretSink } from "../../model/ports.js";
import { MusterError } from "../../support/errors.js";

export interface DirectorySinkOptions {
  /** Name of the target, for errors. */
  readonly target: string;
  /** The folder; asked for when the sink is opened: who only plans needs none. */
  path(): string;
  readonly recipients: readonly string[];
  /** Epoch milliseconds. */
  now(): number;
}

export class DirectorySink implements SecretSink {
  readonly #options: DirectorySinkOptions;
  #folder: string | null = null;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: DirectorySinkOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const path = this.#options.path();
    if (!isAbsolute(path)) throw this.#error(`secrets.path "${path}" is not absolute`);
    try {
      await refuseInGit(await realPlace(path));
      await mkdir(path, { recursive: true, mode: 0o700 });
      const folder = await realpath(path);
      if (!(await stat(folder)).isDirectory()) throw new Error("it is not a folder");
      const probe = join(folder, `.probe-${process.pid}`);
      await writeDurably(probe, new Uint8Array());
      await rm(probe);
      this.#folder = folder;
    } catch (cause) {
      throw this.#error(`the folder ${path} cannot hold secrets: ${messageOf(cause)}`, cause);
    }
  }

  /** One after another: two secrets of one op must not choose one name. */
  put(secret: Secret): Promise<KeptSecret> {
    const turn = this.#writing.then(() => this.#put(secret));
    this.#writing = turn.catch(() => {});
    return turn;
  }

  async #put(secret: Secret): Promise<KeptSecret> {
    if (this.#folder === null) throw new MusterError("MUS-9001", { what: "the sink of secrets was not opened" });
    try {
      const sealed = await this.#seal(secret);
      const file = await freeName(join(this.#folder, `${encodeFileName(secret.target)}-${encodeFileName(secret.op)}`));
      const temporary = `${file}.tmp`;
      await writeDurably(temporary, sealed);
      await rename(temporary, file);
      await syncFolder(this.#folder);
      return { withdraw: () => rm(file, { force: true }) };
    } catch (cause) {
      throw this.#error(`a secret could not be kept: ${messageOf(cause)}`, cause);
    }
  }

  async #seal({ secret, op, target, identity, account, purpose }: Secret): Promise<Uint8Array> {
    // Loaded here: commands that seal nothing would wait for it.
    const { Encrypter } = await import("age-encryption");
    const encrypter = new Encrypter();
    for (const recipient of this.#options.recipients) encrypter.addRecipient(recipient);
    const at = new Date(this.#options.now()).toISOString();
    const content = { target, account, identity, purpose, op, at, password: secret };
    return encrypter.encrypt(`${JSON.stringify(content, null, 2)}\n`);
  }

  #error(what: string, cause?: unknown): MusterError {
    return new MusterError("MUS-5008", { what, where: { target: this.#options.target }, cause });
  }
}

/** An earlier attempt of the same op may have set its password after all: its file stays. */
async function freeName(stem: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const file = attempt === 1 ? `${stem}.age` : `${stem}.${attempt}.age`;
    if (!(await exists(file))) return file;
  }
}

/** Where a folder is, or will be once it is made: links are followed as far as it exists. */
async function realPlace(path: string): Promise<string> {
  if (await exists(path)) return realpath(path);
  return dirname(path) === path ? path : join(await realPlace(dirname(path)), basename(path));
}

/** Any folder above with a `.git` makes it part of a work tree, or of the git directory itself. */
async function refuseInGit(path: string): Promise<void> {
  for (let at = path; ; at = dirname(at)) {
    if (await exists(join(at, ".git"))) throw new Error(`it lies in the git work tree ${at}; choose one outside`);
    if (dirname(at) === at) return;
  }
}

async function writeDurably(file: string, content: Uint8Array): Promise<void> {
  const handle: FileHandle = await open(file, "w", 0o600);
  try {
    await chmod(file, 0o600);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw error;
    },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
