/** Findings in a text plan: gravest first, alike ones together, each with what to do. */
import { compareText } from "../model/identity.js";
import type { Finding } from "../model/plan.js";
import type { Labels } from "./changes.js";
import { type Page, type Part, type Tone, tone } from "./page.js";
import { count, grouped, lastChangeText, shortKey } from "./words.js";

export interface FindingOptions {
  readonly labels: Labels;
  readonly details: "normal" | "full";
}

const SEVERITIES = ["critical", "warning", "info"] as const;
const TONES: Readonly<Record<Finding["severity"], Tone>> = { critical: "danger", warning: "caution", info: "plain" };
/** Findings of one kind that are shown before the rest is counted; critical ones are always shown. */
const LISTED = 5;

export function writeFindings(page: Page, findings: readonly Finding[], options: FindingOptions): void {
  if (findings.length === 0) return;
  page.blank();
  page.line(0, [tone("strong", "Findings"), tone("dim", "  not changes: what somebody should know")]);
  for (const severity of SEVERITIES) {
    const kinds = groupByKind(findings.filter((finding) => finding.severity === severity));
    for (const [kind, list] of kinds) {
      page.blank();
      page.line(2, [
        tone(TONES[severity], `${severity}  ${kind}`),
        tone("dim", list.length > 1 ? `  ${grouped(list.length)}` : ""),
      ]);
      writeKind(page, list, options);
    }
  }
}

/** In code-unit order of the kind. */
export function groupByKind(findings: readonly Finding[]): [string, Finding[]][] {
  const byKind = new Map<string, Finding[]>();
  for (const finding of findings) {
    const found = byKind.get(finding.kind);
    if (found === undefined) byKind.set(finding.kind, [finding]);
    else found.push(finding);
  }
  return [...byKind].sort(([a], [b]) => compareText(a, b));
}

function writeKind(page: Page, list: readonly Finding[], options: FindingOptions): void {
  const all = options.details === "full" || list[0]?.severity === "critical";
  const { alike, rest } = all ? { alike: [], rest: list } : foldAlike(list);
  for (const fold of alike) writeAlike(page, fold, options.labels);
  const shown = all ? rest : rest.slice(0, LISTED);
  writeEach(page, shown, options);
  if (shown.length < rest.length)
    page.line(4, [tone("dim", `and ${grouped(rest.length - shown.length)} more (--full shows all)`)]);
}

/** Findings that say the same of different people: more than are listed one by one. */
function foldAlike(list: readonly Finding[]): { readonly alike: Finding[][]; readonly rest: Finding[] } {
  const byText = new Map<string, Finding[]>();
  for (const finding of list) {
    const isFoldable = finding.identity !== null && finding.drift === undefined;
    const key = isFoldable ? JSON.stringify([finding.target, finding.what, finding.next]) : "";
    byText.set(key, [...(byText.get(key) ?? []), finding]);
  }
  const alike = [...byText].filter(([key, findings]) => key !== "" && findings.length > LISTED).map(([, fold]) => fold);
  const folded = new Set(alike.flat());
  return { alike, rest: list.filter((finding) => !folded.has(finding)) };
}

/** The names, then once what is so of all. */
function writeAlike(page: Page, fold: readonly Finding[], labels: Labels): void {
  const [first] = fold;
  if (first === undefined) return;
  const names = fold.flatMap(({ identity }) => (identity === null ? [] : [labels(identity)])).sort(compareText);
  const more = `${grouped(names.length - LISTED)} more`;
  page.line(4, [tone("strong", names.slice(0, LISTED).join(", ")), tone("dim", ` and ${more} (--full shows all)`)], 6);
  page.line(6, [first.what], 6);
  if (first.next !== "") page.line(6, [tone("dim", `${page.glyphs.arrow} `), first.next], 8);
}

/** What to do is said once where it is the same for neighbours. */
function writeEach(page: Page, list: readonly Finding[], options: FindingOptions): void {
  list.forEach((finding, index) => {
    page.line(4, subject(page, finding, options.labels), 6);
    page.line(6, [finding.what], 6);
    const when = lastChangeText(finding.drift);
    if (when !== null) page.line(6, [tone("dim", `last change: ${when}`)], 8);
    if (list[index + 1]?.next !== finding.next && finding.next !== "")
      page.line(6, [tone("dim", `${page.glyphs.arrow} `), finding.next], 8);
  });
}

function subject(page: Page, finding: Finding, labels: Labels): Part[] {
  const key = finding.worker ?? (finding.identity === null ? null : shortKey(finding.identity));
  const label = finding.identity === null ? null : labels(finding.identity);
  const name = label === finding.identity ? null : label;
  const parts = [name === null ? null : tone("strong", name), key, finding.target, finding.object];
  const known = parts.filter((part): part is Part => part !== null);
  return known.flatMap((part, index) => (index === 0 ? [part] : [tone("dim", ` ${page.glyphs.dot} `), part]));
}

/** "1 critical finding, 3 warnings". */
export function countFindings(findings: {
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
}): string {
  const words = [
    findings.critical > 0 ? `${grouped(findings.critical)} critical` : null,
    findings.warning > 0 ? count(findings.warning, "warning") : null,
    findings.info > 0 ? `${grouped(findings.info)} for information` : null,
  ];
  return words.filter((word) => word !== null).join(", ");
}
