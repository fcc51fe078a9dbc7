/** Changes in a text plan: in a large plan what is alike is folded first, the rest stands person by person. */
import type { Reason } from "../model/intent.js";
import type { Op } from "../model/op.js";
import type { Change } from "../model/plan.js";
import { groupPeople, type Labels, type PersonGroup, takesAway } from "./changes.js";
import { column, type Page, type Part, partWidth, spreadLine, type Tone, tone } from "./page.js";
import { attributesOf, type Row, rowsOfOp, verbOf } from "./rows.js";
import { foldAlike, writeFolds } from "./text-folds.js";
import { driftText, lastChangeText, people, shortId, shortKey } from "./words.js";

export interface ChangeOptions {
  readonly labels: Labels;
  readonly details: "normal" | "full";
  readonly commits: (blob: string, file: string) => string | null;
}

/** People that are shown one by one before the rest is counted. */
const LISTED_PEOPLE = 60;
const SIGN_INDENT = 4;
const VERB_INDENT = 6;
const WHY_INDENT = 8;
/** Widest column of attribute names, narrowest of values. */
const MAX_NAME = 28;
const MIN_VALUE = 16;

export function writeChanges(page: Page, ops: readonly Op[], options: ChangeOptions): void {
  if (ops.length === 0) return;
  writeContainers(page, ops);
  const { folds, rest } = options.details === "full" ? { folds: [], rest: ops } : foldAlike(ops);
  if (folds.length > 0) writeFolds(page, folds, options.labels);
  const groups = groupPeople(rest);
  if (groups.length === 0) return;
  page.blank();
  page.line(0, [tone("strong", folds.length > 0 ? "Other changes" : "Changes")]);
  const shown = options.details === "full" ? groups : groups.slice(0, LISTED_PEOPLE);
  for (const group of shown) writePerson(page, group, options);
  if (shown.length === groups.length) return;
  page.blank();
  const hidden = groups.length - shown.length;
  page.line(0, [tone("caution", `and changes for ${people(hidden)} more`), tone("dim", " (--full shows all)")]);
}

/** Containers that are made first, outermost first; once, however many accounts belong there. */
function writeContainers(page: Page, ops: readonly Op[]): void {
  const made = new Map(ops.flatMap((op) => op.newContainers ?? []).map((dn) => [dn.toLowerCase(), dn]));
  if (made.size === 0) return;
  page.blank();
  page.line(0, [tone("strong", "New containers")]);
  for (const dn of made.values()) page.line(2, [tone("added", `+ makes ${dn}`)], 4);
}

function writePerson(page: Page, group: PersonGroup, options: ChangeOptions): void {
  page.blank();
  const mark = group.leaver ? [tone("dim", "  leaver")] : [];
  spreadLine(page, 2, [tone("strong", group.label), ...mark], tone("dim", shortKey(group.identity)));
  for (const block of blocksOf(group.changes)) writeBlock(page, block, options);
  for (const place of sourcesOf(group, options)) page.line(SIGN_INDENT, [tone("dim", `HR record ${place}`)]);
}

/** Neighbouring changes of one object. */
function blocksOf(changes: readonly Change[]): Change[][] {
  const blocks = new Map<string, Change[]>();
  for (const change of changes) {
    const key = `${change.target}|${change.object}`;
    const found = blocks.get(key);
    if (found === undefined) blocks.set(key, [change]);
    else found.push(change);
  }
  return [...blocks.values()];
}

function writeBlock(page: Page, changes: readonly Change[], options: ChangeOptions): void {
  const ops = changes.flatMap((change) => change.ops);
  const address = ops.find((op) => op.address !== null)?.address ?? "";
  const target = ops[0]?.target ?? "";
  page.line(SIGN_INDENT, [tone("dim", target), "  ", tone("dim", address)], SIGN_INDENT + target.length + 2);
  const verbs = Math.max(...ops.map((op) => partWidth(verbOf(op))));
  const updates = ops.filter((op) => op.verb === "update");
  ops.forEach((op, index) => {
    // A new account has many attributes and one verb: they stand below it, not beside it.
    const nameAt = op.verb === "create" ? VERB_INDENT + 2 : VERB_INDENT + verbs + 2;
    const names = Math.max(0, ...(op.verb === "update" ? updates : [op]).flatMap(nameWidths));
    const valueAt = names === 0 ? nameAt : nameAt + names + 2;
    const style = { labels: options.labels, color: page.color, glyphs: page.glyphs, room: page.width - valueAt };
    const columns = { verbs, nameAt, names, valueAt };
    for (const row of rowsOfOp(op, style)) writeRow(page, op, row, columns);
    writeDrift(page, op);
    if (whyText(page, op) !== whyText(page, ops[index + 1])) writeWhy(page, op);
  });
}

/** Columns of a block, counted from the left edge. */
interface Columns {
  readonly verbs: number;
  readonly nameAt: number;
  readonly names: number;
  readonly valueAt: number;
}

/** Widths of the attribute names of an op; one that is too long for a column gets a line of its own. */
function nameWidths(op: Op): number[] {
  return attributesOf(op)
    .map((name) => partWidth(name))
    .filter((width) => width <= MAX_NAME);
}

function writeRow(page: Page, op: Op, row: Row, columns: Columns): void {
  const { verbs, nameAt, names, valueAt } = columns;
  const head: Part[] =
    row.verb === ""
      ? [" ".repeat(nameAt - SIGN_INDENT)]
      : [tone(toneOf(op), `${signOf(op)} `), column(tone(toneOf(op), row.verb), verbs), "  "];
  if (row.name === "") {
    page.line(SIGN_INDENT, [...head, ...(row.value[0] ?? [])], nameAt);
    for (const line of row.value.slice(1)) page.line(nameAt, line, nameAt);
    return;
  }
  const beside = partWidth(row.name) <= names && page.width - valueAt >= MIN_VALUE;
  const name = tone("strong", row.name);
  const at = beside ? valueAt : nameAt + 2;
  page.line(SIGN_INDENT, beside ? [...head, column(name, names), "  ", ...(row.value[0] ?? [])] : [...head, name], at);
  for (const line of beside ? row.value.slice(1) : row.value) page.line(at, line, at);
}

function writeDrift(page: Page, op: Op): void {
  if (op.origin !== "drift" && op.origin !== "both") return;
  const when = lastChangeText(op.drift);
  page.line(WHY_INDENT, [tone("caution", driftText(op.origin, when)), when === null ? "" : `: ${when}`]);
}

function toneOf(op: Op): Tone {
  if (takesAway(op)) return "danger";
  return signOf(op) === "+" ? "good" : "caution";
}

function signOf(op: Op): "-" | "+" | "~" {
  if (op.ledgerOnly) return "~";
  if (takesAway(op)) return "-";
  if (op.verb === "create" || op.verb === "enable" || op.verb === "add-member" || op.verb === "assign-licence")
    return "+";
  return op.verb === "restore" ? "+" : "~";
}

function whyText(page: Page, op: Op | undefined): string {
  return op === undefined ? "" : op.reasons.map((reason) => reasonText(reason, page.glyphs.dot)).join("\n");
}

function writeWhy(page: Page, op: Op): void {
  for (const reason of op.reasons)
    page.line(WHY_INDENT, [tone("dim", `because ${reasonText(reason, page.glyphs.dot)}`)], WHY_INDENT + 8);
}

/** "because · policy file:line · HR fields". */
function reasonText(reason: Reason, dot: string): string {
  const policy = reason.policy === undefined ? null : `${reason.policy.file}:${reason.policy.line}`;
  const fields = reason.fields === undefined || reason.fields.length === 0 ? null : reason.fields.join(", ");
  return [reason.because, policy, fields].filter((part) => part !== null && part !== "").join(` ${dot} `);
}

/** Files of HR that supplied the reasons, with their commit where it is known. */
function sourcesOf(group: PersonGroup, options: ChangeOptions): string[] {
  const places = new Set<string>();
  for (const change of group.changes)
    for (const op of change.ops)
      for (const { source } of op.reasons) {
        if (source === undefined) continue;
        const commit = options.commits(source.blob, source.file);
        places.add(commit === null ? source.file : `${source.file} @ ${shortId(commit)}`);
      }
  return [...places].sort();
}
