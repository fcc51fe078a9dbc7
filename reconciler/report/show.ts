/**
 * One identity as `muster show` prints it. The command gathers the view, this file lays it out: who it is, where it
 * stands and why, then account by account what is wanted, found and recorded, and what is pending.
 */
import type { Stage } from "../model/identity.js";
import type { Labels } from "./changes.js";
import {
  column,
  createPage,
  type Page,
  type PageOptions,
  type Part,
  partWidth,
  spreadLine,
  type Tone,
  tone,
} from "./page.js";
import { writeAccount } from "./show-account.js";
import type { ExceptionView, ShowView, StageView, WorkerView } from "./show-view.js";
import { writeChanges } from "./text-changes.js";
import { writeFindings } from "./text-findings.js";
import { day, instant } from "./words.js";

export type * from "./show-view.js";

export interface ShowOptions extends PageOptions {
  readonly labels: Labels;
}

const STAGE_TONES: Partial<Readonly<Record<Stage, Tone>>> = { active: "good", left: "danger", vanished: "danger" };

export function renderShow(view: ShowView, options: ShowOptions): string {
  const page = createPage(options);
  spreadLine(page, 0, [tone("strong", view.label)], tone("dim", view.identity));
  page.line(0, [tone("dim", `as of ${instant(view.asOf)}`)]);
  writeWorkers(page, view.workers);
  writeStages(page, view.stages);
  for (const account of view.accounts) writeAccount(page, account, options.labels);
  writeExceptions(page, view.exceptions);
  if (view.pending.length === 0) {
    page.blank();
    page.line(0, [tone("strong", "Changes"), tone("dim", "  none pending")]);
  }
  writeChanges(page, view.pending, { labels: options.labels, details: "full", commits: () => null });
  writeFindings(page, view.findings, { labels: options.labels, details: "full" });
  return page.text();
}

function writeWorkers(page: Page, workers: readonly WorkerView[]): void {
  page.blank();
  page.line(0, [tone("strong", "Workers")]);
  const keys = widest(workers.map((worker) => worker.key));
  const types = widest(workers.map((worker) => worker.type));
  for (const worker of workers) {
    const periods = worker.periods.map(periodText).join(", ");
    const at = 2 + keys + 2 + types + 2;
    page.line(2, [column(worker.key, keys), "  ", column(tone("dim", worker.type), types), "  ", periods], at);
    if (worker.primary && workers.length > 1) page.line(at, [tone("dim", "primary: supplies the attributes")]);
    if (worker.absentSince !== null)
      page.line(at, [tone("caution", `not in the export since ${instant(worker.absentSince)}`)]);
  }
}

function periodText(period: WorkerView["periods"][number]): string {
  const end = period.lastDay === null ? "open" : day(period.lastDay);
  return `${day(period.from)} to ${end}${period.status === "normal" ? "" : ` (${period.status})`}`;
}

function writeStages(page: Page, stages: readonly StageView[]): void {
  page.blank();
  page.line(0, [tone("strong", "Stage")]);
  const names = widest(stages.map((entry) => entry.mapping));
  const words = widest(stages.map((entry) => entry.stage));
  for (const entry of stages) {
    const stage = column(tone(STAGE_TONES[entry.stage] ?? "plain", entry.stage), words);
    const because = entry.because.replace(new RegExp(`^${entry.stage}: `), "");
    const at = 2 + names + 2 + words + 2;
    page.line(2, [column(entry.mapping, names), "  ", stage, "  ", because], at);
    if (entry.nextAt !== null) page.line(at, [tone("dim", `next change ${instant(entry.nextAt)}`)], at);
  }
}

function writeExceptions(page: Page, exceptions: readonly ExceptionView[]): void {
  if (exceptions.length === 0) return;
  page.blank();
  page.line(0, [tone("strong", "Exceptions")]);
  const kinds = widest(exceptions.map((entry) => entry.kind));
  for (const entry of exceptions) {
    const until = entry.expires === null ? "" : `  until ${day(entry.expires)}`;
    const head: Part[] = [column(tone("caution", entry.kind), kinds), "  ", entry.name, tone("dim", until)];
    page.line(2, head, kinds + 4);
    page.line(kinds + 4, [entry.reason], kinds + 4);
  }
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(partWidth));
}
