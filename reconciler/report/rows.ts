/** The rows of one op: verb, attribute and value. Which values an op has depends on its verb (see model/op.ts). */
import { compareText } from "../model/identity.js";
import type { Op } from "../model/op.js";
import { isClear } from "./changes.js";
import { type Part, tone } from "./page.js";
import { showChange, showValue, type ValueStyle, valueRows } from "./values.js";
import { count, verbPhrase } from "./words.js";

export interface Row {
  /** "" on the second and later rows of an op. */
  readonly verb: string;
  /** Attribute; "" where the verb is about the object itself. */
  readonly name: string;
  /** Lines; none where the verb says it all. */
  readonly value: readonly (readonly Part[])[];
}

/** "disable account", "clear". */
export function verbOf(op: Op): string {
  if (op.ledgerOnly && op.slot !== null) return recordingOf(op);
  // The licence stays: only which of its services are on changes.
  if (op.verb === "assign-licence" && op.before.member === true) return "set service plans";
  return isClear(op) ? "clear" : verbPhrase(op.verb);
}

/** What only the ledger learns of must not read as something that is done to the directory. */
function recordingOf({ verb, slot }: Op): string {
  if (verb === "assign-licence" || verb === "remove-licence") return "record licence";
  if (verb !== "bind") return verb === "add-member" || verb === "remove-member" ? "record membership" : "record";
  if (slot === "exclusive") return "note of group";
  return slot === "found" ? "record values" : "record";
}

/** Attributes that have a row; none where the op is about the object itself. */
export function attributesOf(op: Op): string[] {
  if (op.verb === "create" || op.verb === "restore") return accountAttributes(op);
  return op.verb === "update" || op.verb === "rename" ? valueRows(op).map((row) => row.name) : [];
}

export function rowsOfOp(op: Op, style: ValueStyle): Row[] {
  const verb = verbOf(op);
  switch (op.verb) {
    case "create":
    case "restore":
      return [{ verb, name: "", value: [] }, ...accountRows(op, style)];
    case "update":
    case "rename":
      return valueRows(op).map((row, index) => ({
        verb: index === 0 ? verb : "",
        name: row.name,
        value: showChange(row.before, row.after, style),
      }));
    case "move":
      return [
        {
          verb,
          name: "",
          value: valueRows(op).flatMap((row) => showChange(row.before, row.after, style)),
        },
      ];
    case "bind":
    case "unbind":
      return [{ verb, name: "", value: bindingLines(op, style) }];
    case "add-member":
    case "remove-member":
    case "assign-licence":
    case "remove-licence":
    case "run-task":
      return [{ verb, name: "", value: [subjectLine(op)] }];
    case "enable":
    case "disable":
    case "delete":
    case "purge":
      return [{ verb, name: "", value: [] }];
  }
}

function accountRows(op: Op, style: ValueStyle): Row[] {
  return accountAttributes(op).map((name) => ({
    verb: "",
    name,
    value: [[showValue(op.after[name] ?? null, style.labels)]],
  }));
}

/** A new account, or one that comes back: whether it is enabled and where it lies, then its attributes. */
function accountAttributes(op: Op): string[] {
  const first = ["enabled", "container"];
  const rank = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
  const shown = Object.keys(op.after).filter((name) => name !== "deleted");
  return shown.sort((a, b) => rank(a) - rank(b) || compareText(a, b));
}

/** A bind shows what it is bound to; a re-bind also what it was. */
function bindingLines(op: Op, style: ValueStyle): Part[][] {
  if (op.slot === "found") {
    const names = Object.keys(op.after).sort(compareText);
    return [[`${count(names.length, "value")} found as wanted: ${names.join(", ")}`, tone("dim", "  (only recorded)")]];
  }
  return valueRows(op).map((row) => {
    const name = tone("dim", `${row.name} `);
    if (row.before === null) return [name, showValue(row.after, style.labels)];
    const [line = [], ...more] = showChange(row.before, row.after, style);
    return [name, ...line, ...more.flatMap((parts) => [" ", ...parts])];
  });
}

/** The group, licence or task; that nothing is written to the target where only the ledger learns of it. */
function subjectLine(op: Op): Part[] {
  const subject = op.slotLabel ?? op.slot ?? "";
  return op.ledgerOnly ? [subject, tone("dim", "  (found; only recorded)")] : [subject];
}
