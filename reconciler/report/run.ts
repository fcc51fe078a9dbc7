/** What an apply came to, as terminal text: counts, then what needs somebody, gravest first. */

import type { OutcomeKind } from "../model/op.js";
import type { Run, RunOutcome } from "../model/run.js";
import { CODES, type ErrorCode } from "../support/codes/index.js";
import { countOutcomes, type OutcomeCounts } from "./outcomes.js";
import { column, createPage, type Page, type PageOptions, spreadLine, type Tone, tone } from "./page.js";
import { verbOf } from "./rows.js";
import { count, grouped, instant, OUTCOME_WORDS, OUTCOMES_BY_GRAVITY, shortId, shortKey } from "./words.js";

export interface RunTextOptions extends PageOptions {
  /** "full" lists every op that needs somebody; "normal" the first 20 of a kind. */
  readonly details: "normal" | "full";
  /** Where the record was committed; null when there was nothing to record or it is not recorded yet. */
  readonly recorded: { readonly commit: string; readonly branch: string } | null;
}

const LISTED = 20;
const TONES: Readonly<Record<OutcomeKind, Tone>> = {
  done: "good",
  already: "plain",
  deferred: "caution",
  skipped: "plain",
  refused: "danger",
  failed: "danger",
  unknown: "danger",
};
/** What the kinds mean for the reader; those without a sentence need nobody. */
const MEANING: Partial<Readonly<Record<OutcomeKind, string>>> = {
  unknown: "The reply was lost. The next run reads the object again before it does anything that depends on it.",
  failed: "The target did not do it. The next plan tries again where the cause is gone.",
  refused: "The directory is no longer as it was when the plan was approved. Nothing was written for these.",
  deferred: "Planned now but not approved: they are in the next plan.",
  skipped: "Approved, but at this instant no longer wanted.",
};

export function renderRun(run: Run, options: RunTextOptions): string {
  const page = createPage(options);
  const counts = countOutcomes(run.outcomes);
  spreadLine(page, 0, [tone("strong", `Run for ${run.environment}`)], tone("dim", run.id));
  page.line(0, [tone("dim", `plan ${run.plan} as of ${instant(run.asOf)}`)]);
  page.line(0, [tone("dim", `${instant(run.started)} to ${instant(run.finished)}`)]);
  page.blank();
  writeVerdict(page, counts, run.outcomes);
  writeCounts(page, counts);
  for (const kind of OUTCOMES_BY_GRAVITY) writeKind(page, run, kind, options.details);
  writeRecorded(page, run, options);
  return page.text();
}

function writeVerdict(page: Page, counts: OutcomeCounts, outcomes: readonly RunOutcome[]): void {
  const open = counts.unknown + counts.failed + counts.refused;
  const recorded = outcomes.filter(({ op, outcome }) => op.ledgerOnly && outcome.kind === "done").length;
  const done = `${count(counts.done, "op")} done${recorded === 0 ? "" : ` (${grouped(recorded)} only recorded)`}`;
  if (outcomes.length === 0) page.line(0, [tone("good", "Nothing to do.")]);
  else if (open === 0) page.line(0, [tone("good", `${done}, none failed.`)]);
  else page.line(0, [tone("danger", `${done}, ${grouped(open)} not.`)]);
}

function writeCounts(page: Page, counts: OutcomeCounts): void {
  const rows = [...OUTCOMES_BY_GRAVITY].reverse().filter((kind) => counts[kind] > 0);
  if (rows.length === 0) return;
  const width = Math.max(...rows.map((kind) => grouped(counts[kind]).length));
  page.blank();
  for (const kind of rows)
    page.line(2, [column(grouped(counts[kind]), width, "right"), "  ", tone(TONES[kind], OUTCOME_WORDS[kind])]);
}

function writeKind(page: Page, run: Run, kind: OutcomeKind, details: "normal" | "full"): void {
  const meaning = MEANING[kind];
  const list = run.outcomes.filter((entry) => entry.outcome.kind === kind);
  if (meaning === undefined || list.length === 0) return;
  page.blank();
  page.line(0, [tone(TONES[kind], `${kind} `), tone("dim", grouped(list.length))]);
  page.line(2, [tone("dim", meaning)], 2);
  const shown = details === "full" ? list : list.slice(0, LISTED);
  for (const entry of shown) writeOutcome(page, entry);
  if (shown.length < list.length)
    page.line(2, [tone("dim", `and ${grouped(list.length - shown.length)} more; the record has all`)]);
}

function writeOutcome(page: Page, { op, outcome }: RunOutcome): void {
  const subject = op.slot === null ? verbOf(op) : `${verbOf(op)} ${op.slotLabel ?? op.slot}`;
  spreadLine(page, 2, [tone("strong", op.label), "  ", subject], tone("dim", `${op.target} ${shortKey(op.identity)}`));
  if (op.address !== null && outcome.code !== null) page.line(4, [tone("dim", op.address)], 4);
  if (outcome.code === null && outcome.detail === null) return;
  page.line(4, [outcome.code === null ? "" : `${outcome.code} `, outcome.detail ?? titleOf(outcome.code)], 4);
  const entry = entryOf(outcome.code);
  if (entry !== null) page.line(4, [tone("dim", `${page.glyphs.arrow} ${entry.who}: `), entry.next], 6);
}

function titleOf(code: string | null): string {
  return entryOf(code)?.title ?? "";
}

function entryOf(code: string | null): (typeof CODES)[ErrorCode] | null {
  return code !== null && Object.hasOwn(CODES, code) ? CODES[code as ErrorCode] : null;
}

function writeRecorded(page: Page, run: Run, options: RunTextOptions): void {
  page.blank();
  if (options.recorded === null) {
    page.line(0, [tone("dim", run.outcomes.length === 0 ? "Nothing to record." : "Not recorded yet.")]);
    return;
  }
  const { commit, branch } = options.recorded;
  page.line(0, [`Recorded ${count(run.outcomes.length, "outcome")} in ${shortId(commit)} on ${branch}.`]);
}
