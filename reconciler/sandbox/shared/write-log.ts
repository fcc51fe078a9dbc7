/**
 * The durable form: one file of lines, each a CRC-32 of the rest in eight hex digits, a blank, JSON. Lines are appended
 * and synchronised in groups: everything that arrived while one fsync ran goes out with the next, and a reply waits for
 * the fsync that covers its line. A kill can therefore only cut the last lines, none of which was answered: a damaged tail
 * is dropped, damage before it is an error.
 */
import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { MusterError } from "../../support/errors.js";

function frame(json: string): string {
  return `${(crc32(json) >>> 0).toString(16).padStart(8, "0")} ${json}\n`;
}

/** The lines' JSON texts; a missing file is an empty list. Throws MUS-8001 for damage that is not at the end. */
export async function readLog(path: string): Promise<string[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new MusterError("MUS-8001", {
      what: "the log of the sandbox cannot be read",
      where: { file: path },
      cause: error,
    });
  }
  const lines: string[] = [];
  let damaged = 0;
  for (let at = 0, line = 1; at < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, at);
    const json = end < 0 ? undefined : unframe(bytes.subarray(at, end));
    if (json !== undefined && damaged > 0) {
      throw new MusterError("MUS-8001", { what: "a line of the log is damaged", where: { file: path, line: damaged } });
    }
    if (json !== undefined) lines.push(json);
    else if (damaged === 0) damaged = line;
    at = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}

function unframe(line: Buffer): string | undefined {
  const json = line.subarray(9).toString("utf8");
  return line.subarray(0, 9).toString("latin1") === frame(json).slice(0, 9) ? json : undefined;
}

/** Replaces the file by these lines, all or nothing. */
export async function rewriteLog(path: string, lines: Iterable<string>): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  let chunk = "";
  for (const line of lines) {
    chunk += frame(line);
    if (chunk.length < 1 << 20) continue;
    await file.appendFile(chunk);
    chunk = "";
  }
  await file.appendFile(chunk);
  await file.sync();
  await file.close();
  await rename(temporary, path);
  const folder = await open(dirname(path), "r");
  await folder.sync();
  await folder.close();
}

export class WriteLog {
  readonly #file: FileHandle;
  readonly #sync: boolean;
  #pending: string[] = [];
  #waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  #running: Promise<void> | undefined;
  #failure: unknown;

  private constructor(file: FileHandle, sync: boolean) {
    this.#file = file;
    this.#sync = sync;
  }

  static async open(path: string, options: { readonly sync: boolean }): Promise<WriteLog> {
    return new WriteLog(await open(path, "a", 0o600), options.sync);
  }

  /** Resolves when the line is durable. After a failed write every further append is refused. */
  append(json: string): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#pending.push(frame(json));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#running ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const lines = this.#pending;
      const waiting = this.#waiting;
      this.#pending = [];
      this.#waiting = [];
      try {
        await this.#file.appendFile(lines.join(""));
        if (this.#sync) await this.#file.datasync();
        for (const one of waiting) one.resolve();
      } catch (error) {
        this.#failure = error;
        for (const one of waiting) one.reject(error);
      }
    }
    this.#running = undefined;
  }

  /** Waits for what was appended, then closes the file. */
  async close(): Promise<void> {
    await this.#running;
    await this.#file.close();
  }
}
