/** One account of `muster show`: state, names, attributes with what differs, groups, former accounts. */
import { compareText } from "../model/identity.js";
import { sameValue, type Value } from "../model/value.js";
import type { Labels } from "./changes.js";
import { column, type Page, type Part, partWidth, type Tone, tone } from "./page.js";
import type { AccountView, AttributeView, GroupView } from "./show-view.js";
import { showValue } from "./values.js";
import { day, instant } from "./words.js";

const LABEL = 8;

export function writeAccount(page: Page, account: AccountView, labels: Labels): void {
  page.blank();
  page.line(0, [tone("strong", account.target), ...stateParts(account)]);
  const { bound } = account;
  if (bound !== null) {
    if (bound.address !== null) writeFact(page, "at", bound.address);
    writeFact(page, "anchor", bound.anchor);
    writeFact(page, "bound", `since ${instant(bound.boundAt)}`);
  }
  const rows = account.attributes.map((attribute) => ({
    name: attribute.name,
    lines: attributeLines(attribute, labels),
  }));
  const names = Object.keys(account.names).filter((name) => !rows.some((row) => row.name === name));
  const table = [...names.sort().map((name) => ({ name, lines: [[account.names[name] ?? ""]] })), ...rows];
  writeTable(page, table);
  writeGroups(page, account.groups);
  if (account.former.length > 0) page.blank();
  for (const former of account.former)
    writeFact(page, "former", `${former.anchor} until ${day(former.until)}: ${former.why}`);
}

function stateParts(account: AccountView): Part[] {
  const { bound } = account;
  if (bound === null) return [tone("dim", "  no account")];
  if (bound.enabled === null) return [tone("dim", "  not read")];
  if (bound.enabled) return [tone("good", "  enabled")];
  const by = bound.disabledBy === "muster" ? " by Muster" : bound.disabledBy === "other" ? " by somebody else" : "";
  const since = bound.disabledAt === null ? "" : ` on ${day(bound.disabledAt)}`;
  return [tone("danger", `  disabled${by}${since}`)];
}

function writeFact(page: Page, name: string, text: string): void {
  page.line(2, [column(tone("dim", name), LABEL), text], 2 + LABEL);
}

function writeTable(
  page: Page,
  rows: readonly { readonly name: string; readonly lines: readonly (readonly Part[])[] }[],
): void {
  if (rows.length === 0) return;
  page.blank();
  const width = Math.min(Math.floor(page.width / 3), Math.max(...rows.map((row) => partWidth(row.name))));
  for (const { name, lines } of rows) {
    const at = 2 + width + 2;
    page.line(2, [column(tone("dim", name), width), "  ", ...(lines[0] ?? [])], at);
    for (const line of lines.slice(1)) page.line(at, line, at);
  }
}

/** One value where all agree; else what is wanted, found and recorded, each where it is known. */
function attributeLines(attribute: AttributeView, labels: Labels): Part[][] {
  const sides: readonly (readonly [string, Value | null | undefined, Tone])[] = [
    ["wanted", attribute.desired, "added"],
    ["found", attribute.observed, "removed"],
    ["ledger", attribute.ledger, "dim"],
  ];
  const known = sides.filter(([, value]) => value !== undefined);
  const first = known[0]?.[1] ?? null;
  if (known.every(([, value]) => sameValue(value ?? null, first))) return [[showValue(first, labels)]];
  return known.map(([side, value, tint]) => [
    tone("dim", `${side.padEnd(6)}  `),
    tone(tint, showValue(value ?? null, labels)),
  ]);
}

function writeGroups(page: Page, groups: readonly GroupView[]): void {
  if (groups.length === 0) return;
  page.blank();
  const width = Math.min(Math.floor(page.width / 2), Math.max(...groups.map((group) => partWidth(group.name))));
  const isProduct = (group: GroupView) => group.licence === true;
  const words = groups.some(isProduct) ? "has".length : "in".length;
  const sorted = [...groups].sort((a, b) => Number(isProduct(a)) - Number(isProduct(b)) || compareText(a.name, b.name));
  for (const group of sorted) {
    const origin = group.origin === "granted" ? "granted by Muster" : "found";
    const has = column(isProduct(group) ? "has" : "in", words);
    const name = column(group.name, width);
    page.line(2, [has, " ", name, tone("dim", `  ${origin} ${day(group.since)}`)], 2 + words + 1);
  }
}
