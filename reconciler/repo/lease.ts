/**
 * The lease: one writer per environment and repository on this machine (and on a shared disk). A lease that a crash left
 * behind is taken over, and two that take over at the same moment must not both win, so a lease is never changed in
 * place: it is a numbered file, and the highest number counts. Whoever finds it free (released, or its process gone)
 * creates the next number, which the file system lets only one do; then looks again, and steps back if a higher one has
 * come meanwhile. Lower numbers are swept by the holder; a released lease stays, so that numbers only grow.
 *
 * A process is known by pid, start time and boot, since pids are used again. A lease of another host, or of another
 * container's process table, is never judged: only its holder, or a person, ends it.
 */
import { randomBytes } from "node:crypto";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { encodeFileName } from "../model/hash.js";
import type { Clock, Lease } from "../model/ports.js";
import { MusterError } from "../support/errors.js";
import type { Git } from "./git.js";

/** Who holds a lease. */
export interface LeaseHolder {
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
  /** Of the process, in clock ticks since boot; null where the system does not say. */
  readonly processStart: string | null;
  readonly boot: string | null;
  /** The process table that `pid` belongs to. */
  readonly pidSpace: string | null;
  /** ISO instant. */
  readonly since: string;
  readonly released: boolean;
}

export interface FileLease extends Lease {
  /** Who holds the lease; null when it is free. */
  holder(environment: string): LeaseHolder | null;
}

const ATTEMPTS = 20;

/** The wall clock, whatever as-of or --clock say. */
const WALL: Clock = { now: () => Date.now() };

/** The leases of a repository: shared by all its work trees. */
export function openLeases(git: Pick<Git, "commonDir">, clock: Clock = WALL): FileLease {
  const folder = join(git.commonDir, "muster");
  return {
    holder: (environment) => {
      const { held } = newest(placeOf(folder, environment));
      return held !== null && !isFree(held) ? held : null;
    },
    acquire: async (environment, holder) => {
      const place = placeOf(folder, environment);
      mkdirSync(place, { recursive: true });
      const mine = self(holder, new Date(clock.now()).toISOString());
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const { number, held } = newest(place);
        if (held !== null && !isFree(held)) throw taken(environment, held);
        if (!create(place, number + 1, mine)) continue;
        if (newest(place).number > number + 1) {
          rmSync(fileOf(place, number + 1), { force: true });
          continue;
        }
        sweep(place, number + 1);
        return { release: async () => release(place, number + 1, mine) };
      }
      throw new MusterError("MUS-4004", {
        what: `the lease of ${environment} changes hands faster than it can be taken`,
      });
    },
  };
}

function placeOf(folder: string, environment: string): string {
  return join(folder, "lease", encodeFileName(environment));
}

function fileOf(place: string, number: number): string {
  return join(place, `${number}.json`);
}

function numbersIn(place: string): number[] {
  try {
    return readdirSync(place).flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
  } catch {
    return [];
  }
}

/** The lease that counts. One that cannot be read counts as held by nobody knows whom, unless it has just been swept. */
function newest(place: string): { readonly number: number; readonly held: LeaseHolder | null } {
  const number = Math.max(0, ...numbersIn(place));
  if (number === 0) return { number, held: null };
  try {
    return { number, held: JSON.parse(readFileSync(fileOf(place, number), "utf8")) as LeaseHolder };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { number, held: null };
    const unknown = { pid: 0, processStart: null, boot: null, pidSpace: null, since: "", released: false };
    return { number, held: { ...unknown, holder: `a damaged file ${fileOf(place, number)}`, host: "" } };
  }
}

/** Whether this call made the file. Linking a whole file is atomic: nobody ever reads a half-written lease. */
function create(place: string, number: number, content: LeaseHolder): boolean {
  const temporary = join(place, `.${process.pid}-${randomBytes(6).toString("hex")}`);
  writeFileSync(temporary, `${JSON.stringify(content)}\n`, { flush: true });
  try {
    linkSync(temporary, fileOf(place, number));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function release(place: string, number: number, mine: LeaseHolder): void {
  const temporary = join(place, `.${process.pid}-${randomBytes(6).toString("hex")}`);
  writeFileSync(temporary, `${JSON.stringify({ ...mine, released: true })}\n`, { flush: true });
  renameSync(temporary, fileOf(place, number));
}

function sweep(place: string, number: number): void {
  for (const each of numbersIn(place)) if (each < number) rmSync(fileOf(place, each), { force: true });
}

function isFree(held: LeaseHolder): boolean {
  if (held.released) return true;
  if (held.host !== hostname() || held.pidSpace !== pidSpace()) return false;
  if (held.boot !== bootId()) return true;
  return !isAlive(held.pid) || (held.processStart !== null && held.processStart !== processStart(held.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function self(holder: string, since: string): LeaseHolder {
  const { pid } = process;
  const known = { pid, processStart: processStart(pid), boot: bootId(), pidSpace: pidSpace() };
  return { holder, host: hostname(), ...known, since, released: false };
}

/** Field 22 of /proc/<pid>/stat; the second field, a name in brackets, may hold blanks and brackets itself. */
function processStart(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function bootId(): string | null {
  return readOrNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
}

function pidSpace(): string | null {
  return readOrNull(() => readlinkSync("/proc/self/ns/pid"));
}

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function taken(environment: string, held: LeaseHolder): MusterError {
  const who =
    held.host === "" ? held.holder : `${held.holder} (process ${held.pid} on ${held.host}, since ${held.since})`;
  return new MusterError("MUS-4004", { what: `the lease of ${environment} is held by ${who}` });
}
