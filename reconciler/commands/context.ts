/** What every command gets: where it runs, when it is, and how to speak. */
import type { Clock } from "../model/ports.js";
import type { PageOptions } from "../report/page.js";

export interface Context {
  /** Folder of the state repository, or one inside it. */
  readonly folder: string;
  /** Name of the environment; null: the only one there is. */
  readonly environment: string | null;
  /** Folder of the cache; undefined: in the git directory; null: none. */
  readonly cache: string | null | undefined;
  readonly clock: Clock;
  /** Whether --clock was given: accepted only where every target is a sandbox. */
  readonly clockGiven: boolean;
  variable(name: string): string | undefined;
  /** Standard output: what was asked for. */
  print(text: string): void;
  /** Standard error: progress and remarks. */
  remark(text: string): void;
  readonly page: PageOptions;
  /** Whether standard error is a terminal: progress bars only there. */
  readonly terminal: boolean;
}

/** What a command line hears and speaks to: this process, or the stage of the demo. */
export interface Outlet extends Pick<Context, "variable" | "print" | "remark" | "terminal"> {
  /** Of the terminal that standard output is; null where it is none. */
  readonly columns: number | null;
  readonly color: boolean;
}

/** Runs a command line, without the program's name, and gives its exit code. Never throws. */
export type RunMuster = (args: readonly string[], outlet: Outlet) => Promise<number>;

/** Exit codes of DESIGN section 10. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export type Format = "text" | "markdown" | "json";
