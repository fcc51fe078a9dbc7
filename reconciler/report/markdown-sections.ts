/** The sections of a plan comment, most important first. */
import type { Op, Verb } from "../model/op.js";
import type { Finding, GuardVerdict, PlanBody } from "../model/plan.js";
import { groupPeople, type Labels, takesAway } from "./changes.js";
import { escapeMarkdown, tableRow } from "./markdown-escape.js";
import type { Section } from "./markdown-fit.js";
import { verbOf } from "./rows.js";
import { showValue, type ValueRow, valueRows } from "./values.js";
import { count, driftText, lastChangeText, shortKey, VERBS_BY_RISK, verbPhrase } from "./words.js";

const VALUE_LIMIT = 120;
const VALUE_TABLE = tableOf(["person", "target", "attribute", "before", "after", "why"]);
const OBJECT_TABLE = tableOf(["person", "target", "what", "why"]);
const TAKEN_TABLE = tableOf(["change", "person", "target", "what", "why"]);
const WITH_VALUES: ReadonlySet<Verb> = new Set(["update", "rename", "move"]);

export function sectionsOf(body: PlanBody, labels: Labels): Section[] {
  const ops = groupPeople(body.ops).flatMap((group) => group.changes.flatMap((change) => change.ops));
  const taken = ops.filter(takesAway);
  return [
    guardSection(body.guards),
    findingSection(body.findings, "critical", labels),
    {
      title: `Taken away: ${count(taken.length, "op")}`,
      table: TAKEN_TABLE,
      rows: taken.map((op) => () => tableRow([verbOf(op), person(op), target(op), takenText(op, labels), whyText(op)])),
      open: true,
    },
    ...VERBS_BY_RISK.map((verb) =>
      verbSection(
        verb,
        ops.filter((op) => op.verb === verb && !takesAway(op)),
        labels,
      ),
    ),
    findingSection(body.findings, "warning", labels),
    findingSection(body.findings, "info", labels),
  ];
}

function tableOf(columns: readonly string[]): readonly [string, string] {
  return [tableRow(columns), tableRow(columns.map(() => ":--"))];
}

function guardSection(guards: readonly GuardVerdict[]): Section {
  const shown = [...guards.filter((g) => g.verdict === "refuse"), ...guards.filter((g) => g.verdict === "let-through")];
  return {
    title: "Guards",
    table: tableOf(["guard", "verdict", "figures", "exception"]),
    rows: shown.map(
      (guard) => () =>
        tableRow([
          value(guard.guard),
          guard.verdict === "refuse" ? "**refused**" : "let through",
          escapeMarkdown(guard.what, "prose", 300),
          value(guard.by ?? ""),
        ]),
    ),
    open: true,
  };
}

function findingSection(findings: readonly Finding[], severity: Finding["severity"], labels: Labels): Section {
  const mine = findings.filter((finding) => finding.severity === severity);
  const title = { critical: "Critical findings", warning: "Warnings", info: "For information" }[severity];
  return {
    title: `${title}: ${mine.length}`,
    table: tableOf(["finding", "about", "target", "what", "next"]),
    rows: mine.map(
      (finding) => () =>
        tableRow([
          value(finding.kind),
          value(aboutText(finding, labels)),
          value(finding.target ?? ""),
          whatText(finding),
          escapeMarkdown(finding.next, "prose", 300),
        ]),
    ),
    open: severity === "critical",
  };
}

function whatText(finding: Finding): string {
  const what = escapeMarkdown(finding.what, "prose", 300);
  const when = lastChangeText(finding.drift);
  return when === null ? what : `${what}<br>last change: ${escapeMarkdown(when, "prose", 300)}`;
}

function aboutText(finding: Finding, labels: Labels): string {
  if (finding.identity === null) return finding.worker ?? finding.object ?? "";
  const label = labels(finding.identity);
  return label === finding.identity ? shortKey(finding.identity) : label;
}

function verbSection(verb: Verb, ops: readonly Op[], labels: Labels): Section {
  const withValues = WITH_VALUES.has(verb);
  const rows = withValues
    ? ops.flatMap((op) => valueRows(op).map((row) => () => valueCells(op, row, labels)))
    : ops.map((op) => () => objectCells(op, labels));
  return {
    title: `${verbPhrase(verb)}: ${count(ops.length, "op")}`,
    table: withValues ? VALUE_TABLE : OBJECT_TABLE,
    rows: rows.map((make) => () => tableRow(make())),
    open: false,
  };
}

function valueCells(op: Op, row: ValueRow, labels: Labels): string[] {
  return [
    person(op),
    target(op),
    value(row.name),
    value(showValue(row.before, labels)),
    value(showValue(row.after, labels)),
    whyText(op),
  ];
}

function objectCells(op: Op, labels: Labels): string[] {
  return [person(op), target(op), objectText(op, labels), whyText(op)];
}

/** A group, licence or task; what a bind joins; where a new account will be. */
function objectText(op: Op, labels: Labels): string {
  if (op.slot !== null) return value(op.slotLabel ?? op.slot);
  if (op.verb !== "bind") return value(op.address ?? "");
  return valueRows(op)
    .map((row) => `${value(row.name)} ${value(showValue(row.after, labels))}`)
    .join(" ");
}

/** What is lost: the value of an attribute, the group, the licence, or the account itself. */
function takenText(op: Op, labels: Labels): string {
  if (op.verb !== "update") return objectText(op, labels);
  return valueRows(op)
    .map((row) => `${value(row.name)} was ${value(showValue(row.before, labels))}`)
    .join(", ");
}

function whyText(op: Op): string {
  const parts = op.reasons.slice(0, 2).map((reason) => {
    const place = reason.policy === undefined ? "" : value(`${reason.policy.file}:${reason.policy.line}`);
    return [escapeMarkdown(reason.because, "prose"), place].filter((part) => part !== "").join(" ");
  });
  for (const dn of op.newContainers ?? []) parts.push(`makes ${value(dn)}`);
  if (op.origin === "drift" || op.origin === "both") {
    const when = lastChangeText(op.drift);
    const what = `**${driftText(op.origin, when)}**`;
    parts.unshift(when === null ? what : `${what}: ${escapeMarkdown(when, "prose")}`);
  }
  return parts.join("; ");
}

function person(op: Op): string {
  return value(op.label);
}

function target(op: Op): string {
  return value(op.target);
}

function value(text: string): string {
  return escapeMarkdown(text, "value", VALUE_LIMIT);
}
