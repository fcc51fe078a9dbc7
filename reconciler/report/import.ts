/** What an import did, as text. */

import type { SourceRecord } from "../model/files/index.js";
import type { DesireFinding } from "../model/intent.js";
import { createPage, type PageOptions, tone } from "./page.js";
import { count, instant } from "./words.js";

export interface ImportView {
  readonly source: string;
  readonly result: {
    readonly record: SourceRecord;
    readonly findings: readonly DesireFinding[];
    readonly changes: readonly unknown[];
    readonly summary: {
      readonly rows: number;
      readonly added: number;
      readonly changed: number;
      readonly absent: number;
      readonly returned: number;
      readonly unchanged: number;
      readonly quarantined: number;
      readonly recordOnly: boolean;
    };
  };
  readonly commit: string | null;
}

export function renderImport(view: ImportView, options: PageOptions): string {
  const page = createPage(options);
  const { record, summary, findings, changes } = view.result;
  page.line(0, [tone("strong", `Import of ${view.source}`), tone("dim", `  exported ${instant(record.exportedAt)}`)]);
  const parts = [
    `${summary.added} added`,
    `${summary.changed} changed`,
    `${summary.absent} no longer exported`,
    `${summary.returned} returned`,
    `${summary.unchanged} unchanged`,
  ];
  if (summary.quarantined > 0) parts.push(`${summary.quarantined} in quarantine`);
  page.line(2, [`${count(summary.rows, "row")}: ${parts.join(", ")}`]);
  if (summary.recordOnly) page.line(2, [tone("dim", "no worker changed; only the date of the export did")]);
  if (changes.length === 0) page.line(2, [tone("dim", "nothing was written: this export was imported before")]);
  for (const finding of findings) {
    page.line(2, [tone(finding.severity === "info" ? "dim" : "caution", finding.kind), `  ${finding.what}`], 4);
  }
  const written = view.commit === null ? "written to the work tree" : `committed as ${view.commit.slice(0, 10)}`;
  if (changes.length > 0) page.line(2, [tone("good", `${count(changes.length, "file")} ${written}`)]);
  return page.text();
}
