/** Fits sections into a number of characters. */
import { grouped } from "./words.js";

export interface Section {
  /** Markdown, without values. */
  readonly title: string;
  /** Header and alignment row of its table. */
  readonly table: readonly [string, string];
  /** Each makes one row when it is called: of a large plan only the rows that are shown are ever made. */
  readonly rows: readonly (() => string)[];
  /** Whether it stands open above the fold. */
  readonly open: boolean;
}

/**
 * The sections in their order, which is also their priority: the last ones lose rows first. Every section leaves at
 * least a line with its count; `room` must allow for that (about 100 characters each).
 */
export function fitSections(sections: readonly Section[], room: number, whole: string): string {
  const filled = sections.filter((section) => section.rows.length > 0);
  let left = room - filled.reduce((sum, section) => sum + render(section, [], whole).length + 2, 0);
  const parts = filled.map((section) => {
    const bare = render(section, [], whole).length;
    const text = fitSection(section, left + bare, whole);
    left -= text.length - bare;
    return text;
  });
  return parts.join("\n\n");
}

/** As many rows as the room allows, from the top. */
function fitSection(section: Section, room: number, whole: string): string {
  const rows: string[] = [];
  let used = section.table[0].length + section.table[1].length + 3;
  for (const make of section.rows) {
    if (used > room) break;
    const row = make();
    rows.push(row);
    used += row.length + 1;
  }
  let text = render(section, rows, whole);
  while (text.length > room && rows.length > 0) {
    rows.pop();
    text = render(section, rows, whole);
  }
  return text;
}

function render(section: Section, rows: readonly string[], whole: string): string {
  const missing = section.rows.length - rows.length;
  const table = rows.length === 0 ? [] : [[...section.table, ...rows].join("\n")];
  const parts = [...table, ...(missing > 0 ? [cutNote(missing, whole)] : [])];
  if (section.open) return [`#### ${section.title}`, ...parts].join("\n\n");
  return [`<details><summary>${section.title}</summary>`, ...parts, "</details>"].join("\n\n");
}

function cutNote(missing: number, whole: string): string {
  return `${grouped(missing)} more ${missing === 1 ? "row is" : "rows are"} not shown: ${whole}`;
}
