/** muster demo: the main job from the first load to a truncated export, told on the clock of the story. */
import { MusterError } from "../../support/errors.js";
import type { Context, ExitCode, RunMuster } from "../context.js";
import { openAdministrator } from "./administrator.js";
import { arrivalInTheTenant, contractors, firstLoad } from "./first-load.js";
import { openStage, type StageOptions } from "./stage.js";
import { drift, firstWeek, hiresInTheTenant, history, rehireAndRescind, truncatedExport } from "./weeks.js";

export interface DemoOptions {
  readonly keep: boolean;
  /** Of a real domain that is there for tests; the password is in MUSTER_DEMO_DIRECTORY_PASSWORD. */
  readonly directory?: string;
  readonly directoryCa?: string;
  readonly directoryUser?: string;
  /** The OU that is made for the story, and removed. */
  readonly directoryBase?: string;
}

export async function runDemo(context: Context, options: DemoOptions, runMuster: RunMuster): Promise<ExitCode> {
  const stage = await openStage(context, { keep: options.keep, real: realDirectory(context, options), runMuster });
  try {
    const administrator = await openAdministrator(stage.directory);
    try {
      await firstLoad(stage);
      await arrivalInTheTenant(stage);
      await contractors(stage);
      await firstWeek(stage);
      await hiresInTheTenant(stage);
      await drift(stage, administrator);
      await rehireAndRescind(stage, administrator);
      await truncatedExport(stage);
      await history(stage);
    } finally {
      await administrator.close();
    }
    return 0;
  } finally {
    await stage.close();
  }
}

function realDirectory(context: Context, options: DemoOptions): StageOptions["real"] {
  const { directory: url, directoryCa: caFile, directoryUser: user, directoryBase: base } = options;
  if (url === undefined) return null;
  const password = context.variable("MUSTER_DEMO_DIRECTORY_PASSWORD");
  if (user === undefined || base === undefined || password === undefined) {
    const what = "--directory needs --directory-user, --directory-base and the variable MUSTER_DEMO_DIRECTORY_PASSWORD";
    throw new MusterError("MUS-7001", { what });
  }
  return { access: { url, caFile, user, password }, base };
}
