/** What an examination found, as text: what needs somebody first, and what is well in one line each. */
import type { Check, CheckLevel } from "../model/check.js";
import { createPage, type Page, type PageOptions, partWidth, type Tone, tone } from "./page.js";
import { count } from "./words.js";

const LEVELS: readonly CheckLevel[] = ["problem", "warning", "unknown", "ok"];
const TONES: Readonly<Record<CheckLevel, Tone>> = { problem: "danger", warning: "caution", unknown: "dim", ok: "good" };

export interface Examination {
  readonly target: string;
  readonly role: "reader" | "writer";
  readonly checks: readonly Check[];
}

export function renderDoctor({ target, role, checks }: Examination, options: PageOptions): string {
  const page = createPage(options);
  page.line(0, [tone("strong", target), tone("dim", `  examined as ${role}; nothing was changed`)]);
  for (const level of LEVELS) {
    const list = checks.filter((check) => check.level === level);
    if (list.length > 0) page.blank();
    for (const check of foldRights(list)) writeCheck(page, check);
  }
  page.blank();
  page.line(0, [tone("strong", summaryOf(checks))]);
  return page.text();
}

/** Rights and permissions that are granted, as one line for each place. */
function foldRights(checks: readonly Check[]): Check[] {
  const byPlace = new Map<string, Check[]>();
  for (const check of checks) {
    if (check.level !== "ok" || check.at === undefined) continue;
    const key = `${check.topic} ${check.at}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), check]);
  }
  const folded = [...byPlace.values()].flatMap(([first, ...others]): Check[] => {
    if (first?.at === undefined) return [];
    const rights = [first, ...others];
    const names = rights.map(({ subject }) => subject).join(", ");
    const what = `${count(rights.length, first.topic)} granted: ${names}`;
    return [{ level: "ok", topic: first.topic, subject: first.at, what, remedy: null }];
  });
  return [...checks.filter((check) => check.level !== "ok" || check.at === undefined), ...folded];
}

function writeCheck(page: Page, { level, topic, subject, what, remedy }: Check): void {
  const head = tone(TONES[level], level);
  const indent = partWidth(head) + 2;
  const place = subject === null ? topic : `${topic} ${subject}`;
  page.line(0, [head, "  ", tone("strong", place), `: ${what}`], indent);
  // A command is one line whatever the width: it is copied.
  for (const line of remedy?.split("\n") ?? [])
    page.line(indent, [tone("dim", `${page.glyphs.arrow} `), line], indent + 2);
}

function summaryOf(checks: readonly Check[]): string {
  const number = (level: CheckLevel) => checks.filter((check) => check.level === level).length;
  const open = number("unknown");
  const parts = [count(number("problem"), "problem"), count(number("warning"), "warning")];
  return `${parts.join(", ")}${open > 0 ? `, ${open} could not be determined` : ""}`;
}
