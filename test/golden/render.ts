/** A played case as text that a person can read line by line. */
import type { Op } from "../../reconciler/model/op.js";
import { displayValue, isReference, type Value } from "../../reconciler/model/value.js";
import type { DirectoryRecord } from "../../reconciler/targets/memory/records.js";
import type { GoldenCase } from "./case-file.js";
import { containerName, type Played, type Story } from "./story.js";
import { nameOf, PLANS } from "./tenant.js";

const WIDTH = 120;
const SHOWN = ["sAMAccountName", "title", "department", "manager"];

export function renderStart(golden: GoldenCase, story: Story): string[] {
  return [golden.title, "", "before", ...renderDirectory(golden, story), ...renderTenant(golden, story), ""];
}

export function renderStep(golden: GoldenCase, story: Story, played: Played, number: number): string[] {
  const { step, result, next } = played;
  const clock = step.applyAt === undefined ? "" : `, applied at ${step.applyAt}`;
  const refusals = result.plan.guards.filter((guard) => guard.verdict !== "pass");
  return [
    `step ${number}: as of ${step.at}${clock}`,
    ...wrap(step.story.trim(), "  "),
    ...wrap(`Expected: ${step.expect.trim()}`, "  "),
    ...section(
      "plan",
      result.plan.ops.flatMap((op) => renderOp(story, op)),
    ),
    ...(refusals.length === 0
      ? []
      : section(
          "guards",
          refusals.map((g) => `  ${g.verdict} ${g.guard}: ${g.what}`),
        )),
    ...section(
      "findings",
      result.plan.findings.flatMap((f) => wrap(`${f.severity} ${f.kind}: ${plain(story, f.what)}`, "  ")),
    ),
    ...section("apply", renderOutcomes(story, played)),
    ...(result.refused ? [] : renderNext(story, next.ops)),
    "directory",
    ...renderDirectory(golden, story),
    ...renderTenant(golden, story),
    "",
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [`${title}: none`] : [title, ...lines];
}

function renderOp(story: Story, op: Op): string[] {
  const isHeld = op.verb.endsWith("-member") || op.verb.endsWith("-licence");
  const slot = op.slotLabel !== null && isHeld ? groupName(op.slotLabel) : (op.slot ?? "");
  const head = [op.verb, op.label, op.verb === "rename" ? "" : slot].filter((part) => part !== "").join(" · ");
  const origin = op.origin === null ? "" : ` [${op.origin}]`;
  const note = op.ledgerOnly ? " (ledger only)" : "";
  const reasons = [...new Set(op.reasons.map((reason) => plain(story, reason.because)))].join("; ");
  const where = op.target === "corp-ad" ? "" : ` in ${op.target}`;
  return [
    ...wrap(
      `${op.target === "corp-ad" ? head : plain(story, head)}${where}: ${plain(story, renderChange(story, op))}${origin}${note}`,
      "  ",
    ),
    ...(op.newContainers ?? []).map((dn) => `      makes ${plain(story, dn)}`),
    ...wrap(`because ${reasons}`, "      "),
  ];
}

function renderChange(story: Story, op: Op): string {
  if (op.verb === "create") return pairs(story, op.after);
  if (op.verb === "bind" && op.slot === null) {
    const enabled = op.after.enabled === true ? "enabled" : "disabled";
    return `${plain(story, op.address ?? "")}, ${enabled}${op.after.created === true ? ", our own create" : ""}`;
  }
  if (op.slot === "found") return pairs(story, op.after);
  if (op.verb === "unbind") return `${plain(story, op.address ?? "")}, ${show(story, op.after.why ?? null)}`;
  if (op.verb === "run-task") return `for ${show(story, op.after.entry ?? null)}`;
  if (op.verb.endsWith("-member")) return `${memberText(op.before.member)} -> ${memberText(op.after.member)}`;
  if (op.verb.endsWith("-licence")) return `${licenceText(op.before)} -> ${licenceText(op.after)}`;
  const keys = [...new Set([...Object.keys(op.before), ...Object.keys(op.after)])];
  const one = (key: string) => `${show(story, op.before[key] ?? null)} -> ${show(story, op.after[key] ?? null)}`;
  if (op.verb === "update" || op.verb === "bind") return keys.map(one).join(", ");
  return keys.map((key) => `${key} ${one(key)}`).join(", ");
}

function pairs(story: Story, values: Op["after"]): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${show(story, value)}`)
    .join(", ");
}

function memberText(value: Value | null | undefined): string {
  return value === true ? "member" : "no member";
}

function licenceText({ member, disabledPlans }: Op["after"]): string {
  if (member !== true) return "none";
  return Array.isArray(disabledPlans) && disabledPlans.length > 0 ? `without ${disabledPlans.join(", ")}` : "licence";
}

function show(story: Story, value: Value | null): string {
  if (value !== null && isReference(value) && "ref" in value) return story.nameOf(value.ref);
  return plain(story, displayValue(value));
}

/** Containers by their short names, objects by name instead of by GUID. */
function plain(story: Story, text: string): string {
  let out = text.replaceAll(",OU=People,DC=corp,DC=example", "").replaceAll(",DC=corp,DC=example", "");
  for (const record of story.target.directory.records.values())
    out = out.replaceAll(record.anchor, `<${String(record.attributes.cn)}>`);
  for (const record of story.tenant?.target.directory.records.values() ?? [])
    out = out.replaceAll(record.anchor, `<${nameOf(record)} in the tenant>`);
  for (const [name, id] of Object.entries(PLANS)) out = out.replaceAll(id, name);
  return out;
}

function renderOutcomes(story: Story, { result }: Played): string[] {
  if (result.refused) return ["  refused by a guard: nothing is written"];
  const all = [...result.executed, ...result.decided];
  const counts = new Map<string, number>();
  for (const { outcome } of all) counts.set(outcome.kind, (counts.get(outcome.kind) ?? 0) + 1);
  const summary = [...counts]
    .sort()
    .map(([kind, count]) => `${kind} ${count}`)
    .join(", ");
  const others = all.filter(({ outcome }) => outcome.kind !== "done");
  const lines = others.map(({ op, outcome }) => {
    const slot = op.verb === "update" ? ` · ${op.slot}` : "";
    return `  ${outcome.kind}: ${op.verb} · ${op.label}${slot}${outcome.detail === null ? "" : `: ${plain(story, outcome.detail)}`}`;
  });
  return summary === "" ? [] : [`  ${summary}`, ...lines.sort()];
}

function renderNext(story: Story, ops: readonly Op[]): string[] {
  if (ops.length === 0) return ["next plan: nothing to do"];
  return [
    "next plan",
    ...ops.flatMap((op) => renderOp(story, op)).filter((line) => !line.startsWith("      because ")),
  ];
}

/** One line per account: where it is, its state, the attributes of interest, its groups. */
function renderDirectory(golden: GoldenCase, story: Story): string[] {
  const records = [...story.target.directory.records.values()].filter((record) => record.kind === "account");
  if (records.length === 0) return ["  (no accounts)"];
  return table(records.map((record) => rowOf(golden, story, record)));
}

/** One line per user: name, who masters it, its state, the attributes of interest, groups and licences. */
function renderTenant(golden: GoldenCase, { tenant }: Story): string[] {
  if (tenant === null) return [];
  const records = [...tenant.target.directory.records.values()];
  const rows = records.flatMap((record) => {
    if (record.kind !== "account") return [];
    const shown = (golden.show ?? SHOWN_IN_TENANT).flatMap((name) => {
      const value = record.attributes[name];
      return typeof value === "string" ? [`${name}=${value}`] : [];
    });
    const held = records.flatMap((group) => {
      const { accounts, inherited } = tenant.target.directory.membersOf(group.anchor);
      const name = nameOf(group);
      const plans = group.kind === "licence" ? tenant.plansOf(name, nameOf(record)) : null;
      const direct = accounts.has(record.anchor) ? [plans === null ? name : `${name}(${plans})`] : [];
      return [...direct, ...(inherited?.has(record.anchor) === true ? [`${name} by group`] : [])];
    });
    const master = record.synced === true ? "synced" : "cloud";
    return [
      [nameOf(record), master, record.enabled ? "enabled" : "disabled", shown.join(" "), `{${held.sort().join(", ")}}`],
    ];
  });
  return ["tenant", ...(rows.length === 0 ? ["  (no users)"] : table(rows))];
}

const SHOWN_IN_TENANT = ["userPrincipalName", "usageLocation"];

function table(cells: readonly (readonly string[])[]): string[] {
  const rows = [...cells].sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd());
}

function rowOf(golden: GoldenCase, story: Story, record: DirectoryRecord): string[] {
  const groups = [...story.target.directory.records.values()]
    .filter(
      (group) => group.kind === "group" && story.target.directory.membersOf(group.anchor).accounts.has(record.anchor),
    )
    .map((group) => String(group.attributes.cn))
    .sort();
  const attributes = (golden.show ?? SHOWN).flatMap((name) => {
    const value = record.attributes[name];
    if (value === undefined) return [];
    const text =
      typeof value === "object" && "anchor" in value ? nameOfAnchor(story, value.anchor) : displayValue(value as Value);
    return [`${name}=${text}`];
  });
  const state = record.enabled ? "enabled" : "disabled";
  return [
    String(record.attributes.cn),
    containerName(record.container),
    state,
    attributes.join(" "),
    `{${groups.join(", ")}}`,
  ];
}

function nameOfAnchor(story: Story, anchor: string): string {
  return String(story.target.directory.records.get(anchor)?.attributes.cn ?? anchor);
}

function groupName(dn: string): string {
  return /^CN=([^,]+)/.exec(dn)?.[1] ?? dn;
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/)) {
    if (line.trim() !== "" && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = indent === "  " && /^ {2}[A-Z]/.test(lines[0] ?? "") ? indent : `${indent}    `;
    }
    line += line.trim() === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}
