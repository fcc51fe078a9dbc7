/** Fits sections into a number of characters. */
import { grouped } from "./words.js";

export interface Section {
  /** Markdown, without values. */
  readonly title: string;
  /** Header and alignment row of its table. */
  readonly table: readonly [string, string];
  readonly rows: readonly string[];
  /** Whether it stands open above the fold. */
  readonly open: boolean;
}

/**
 * The sections in their order, which is also their priority: the last ones lose rows first. Every section leaves at
 * least a line with its count; `room` must allow for that (about 100 characters each).
 */
export function fitSections(sections: readonly Section[], room: number, whole: string): string {
  const filled = sections.filter((section) => section.rows.length > 0);
  let left = room - filled.reduce((sum, section) => sum + render(section, 0, whole).length + 2, 0);
  const parts = filled.map((section) => {
    const bare = render(section, 0, whole);
    const text = fitSection(section, left + bare.length, whole);
    left -= text.length - bare.length;
    return text;
  });
  return parts.join("\n\n");
}

/** As many rows as the room allows, from the top. */
function fitSection(section: Section, room: number, whole: string): string {
  const all = render(section, section.rows.length, whole);
  if (all.length <= room) return all;
  // The note about missing rows is the longest when no row is shown: what fits beside it fits beside any other.
  const shell = render({ ...section, rows: [] }, 0, whole).length + cutNote(section.rows.length, whole).length + 2;
  let used = shell + section.table[0].length + section.table[1].length + 2;
  let shown = 0;
  for (const row of section.rows) {
    used += row.length + 1;
    if (used > room) break;
    shown++;
  }
  return render(section, shown, whole);
}

function render(section: Section, shown: number, whole: string): string {
  const missing = section.rows.length - shown;
  const table = shown === 0 ? [] : [[...section.table, ...section.rows.slice(0, shown)].join("\n")];
  const parts = [...table, ...(missing > 0 ? [cutNote(missing, whole)] : [])];
  if (section.open) return [`#### ${section.title}`, ...parts].join("\n\n");
  return [`<details><summary>${section.title}</summary>`, ...parts, "</details>"].join("\n\n");
}

function cutNote(missing: number, whole: string): string {
  return `${grouped(missing)} more ${missing === 1 ? "row is" : "rows are"} not shown: ${whole}`;
}
