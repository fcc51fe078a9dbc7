/** Folding: in a large plan, alike ops of many people become one entry with the first few names and the count. */
import { compareText } from "../model/identity.js";
import type { Op } from "../model/op.js";
import { countPeople, isClear, type Labels, takesAway } from "./changes.js";
import { column, type Page, type Part, partWidth, tone } from "./page.js";
import { verbOf } from "./rows.js";
import { showValue, valueRows } from "./values.js";
import { visible } from "./visible.js";
import { truncate } from "./width.js";
import { driftText, grouped, people, riskOf } from "./words.js";

export interface Fold {
  /** Alike ops, by name of the person. */
  readonly ops: readonly Op[];
}

/** A plan for at most this many people is shown person by person. */
const SMALL_PLAN = 30;
/** People that must share a kind of op before it is folded. */
const ALIKE = 10;
const LISTED = 5;
/** What takes something away is listed at greater length. */
const LISTED_TAKEN = 20;

export function foldAlike(ops: readonly Op[]): { readonly folds: readonly Fold[]; readonly rest: readonly Op[] } {
  if (countPeople(ops) <= SMALL_PLAN) return { folds: [], rest: ops };
  const byKind = new Map<string, Op[]>();
  for (const op of ops) {
    const key = kindOf(op);
    const found = byKind.get(key);
    if (found === undefined) byKind.set(key, [op]);
    else found.push(op);
  }
  const folded = [...byKind.values()].filter((list) => countPeople(list) >= ALIKE);
  const taken = new Set(folded.flat());
  const folds = folded.map((list) => ({
    ops: [...list].sort((a, b) => compareText(a.label, b.label) || compareText(a.id, b.id)),
  }));
  return { folds: folds.sort(compareFolds), rest: ops.filter((op) => !taken.has(op)) };
}

function kindOf(op: Op): string {
  const names =
    op.verb === "create"
      ? ""
      : valueRows(op)
          .map((row) => row.name)
          .join(" ");
  return JSON.stringify([
    op.verb,
    op.target,
    op.slot,
    op.ledgerOnly,
    isClear(op),
    op.origin === "policy" || op.origin === null,
    names,
  ]);
}

function compareFolds(a: Fold, b: Fold): number {
  const [x, y] = [a.ops[0], b.ops[0]];
  if (x === undefined || y === undefined) return 0;
  const rank = (op: Op): number => riskOf(op.verb) - (isClear(op) ? 0.5 : 0);
  return rank(x) - rank(y) || compareText(kindOf(x), kindOf(y));
}

export function writeFolds(page: Page, folds: readonly Fold[], labels: Labels): void {
  page.blank();
  page.line(0, [tone("strong", "Alike changes")]);
  for (const fold of folds) writeFold(page, fold, labels);
}

function writeFold(page: Page, fold: Fold, labels: Labels): void {
  const first = fold.ops[0];
  if (first === undefined) return;
  const sign = takesAway(first) ? tone("danger", titleOf(first)) : tone("strong", titleOf(first));
  page.blank();
  page.line(2, [sign, ` for ${people(countPeople(fold.ops))}`, tone("dim", `  ${first.target}`)]);
  if (first.origin === "drift" || first.origin === "both") page.line(4, [tone("caution", driftText(first.origin))]);
  const shown = fold.ops.slice(0, takesAway(first) ? LISTED_TAKEN : LISTED);
  const names = Math.min(Math.floor(page.width / 3), Math.max(...shown.map((op) => partWidth(op.label))));
  for (const op of shown) {
    const name = truncate(visible(op.label), names, page.glyphs.ellipsis);
    page.line(4, [column(name, names), "  ", ...valueParts(page, op, labels)], names + 6);
  }
  if (shown.length < fold.ops.length)
    page.line(4, [tone("dim", `and ${grouped(fold.ops.length - shown.length)} more (--full shows all)`)]);
  const why = commonWhy(fold.ops);
  if (why !== null) page.line(4, [tone("dim", `because ${why}`)], 12);
}

function titleOf(op: Op): string {
  return op.slot === null ? verbOf(op) : `${verbOf(op)} ${op.slotLabel ?? op.slot}`;
}

/** One line: old and new value, or for what is taken away why, else where the account is. */
function valueParts(page: Page, op: Op, labels: Labels): Part[] {
  if (op.verb !== "update" && op.verb !== "rename" && op.verb !== "move")
    return [tone("dim", takesAway(op) ? (op.reasons[0]?.because ?? "") : (op.address ?? ""))];
  return valueRows(op).flatMap((row, index): Part[] => [
    index === 0 ? "" : ", ",
    tone("removed", showValue(row.before, labels)),
    tone("dim", ` ${page.glyphs.arrow} `),
    tone(row.after === null ? "danger" : "added", showValue(row.after, labels)),
  ]);
}

/** What all share: the sentence if it is the same, and the place in the policy. */
function commonWhy(ops: readonly Op[]): string | null {
  const sentences = new Set(ops.map((op) => (takesAway(op) && !isClear(op) ? "" : (op.reasons[0]?.because ?? ""))));
  const places = new Set(ops.map((op) => placeOf(op)));
  const parts = [sentences, places].map((set) => (set.size === 1 ? [...set][0] : ""));
  const text = parts.filter((part) => part !== undefined && part !== "").join(", ");
  return text === "" ? null : text;
}

function placeOf(op: Op): string {
  const policy = op.reasons[0]?.policy;
  return policy === undefined ? "" : `${policy.file}:${policy.line}`;
}
