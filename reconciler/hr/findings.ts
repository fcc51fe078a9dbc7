/** What a person should know about an import that is no error of it. Findings name ids, never people. */

import type { Worker } from "../model/files/worker.js";
import { compareText, workerKey } from "../model/identity.js";
import type { DesireFinding } from "../model/intent.js";
import { resolveWorkerReference } from "../model/worker.js";
import type { MappedRow } from "./map-row.js";

export type ImportFinding = DesireFinding;

type FindingText = Pick<ImportFinding, "kind" | "severity" | "what" | "next">;

function findingOf(source: string, id: string, text: FindingText): ImportFinding {
  return { ...text, identity: null, worker: workerKey(source, id), target: null };
}

/** One finding per row that was left out under `badRows: quarantine`. */
export function quarantineFindings(source: string, rows: readonly MappedRow[]): ImportFinding[] {
  return rows.flatMap(({ id, problems }) => {
    const [first] = problems;
    if (id === null || first === undefined) return [];
    return [
      findingOf(source, id, {
        kind: "quarantined-row",
        severity: "warning",
        what: `${problems.map((problem) => problem.message).join("; ")}. The row was left out; its worker stays as it was`,
        next: first.next,
      }),
    ];
  });
}

/** A status of "ended" whose dates say nothing, or something else. `exportDate` gives the export's local date in a zone. */
export function endedFindings(rows: readonly MappedRow[], exportDate: (zone: string) => string): ImportFinding[] {
  return rows.flatMap(({ worker, ended, row }) => {
    if (worker === null || !ended) return [];
    const lastDay = worker.employment.periods.at(-1)?.lastDay ?? null;
    if (lastDay === null)
      return [
        findingOf(worker.source, worker.id, {
          kind: "ended-without-last-day",
          severity: "warning",
          what: `Row ${row.row}: the status says ended and there is no last day; counts as left when the export was made`,
          next: "Fill the last day in HR.",
        }),
      ];
    if (lastDay <= exportDate(worker.timezone)) return [];
    return [
      findingOf(worker.source, worker.id, {
        kind: "ended-before-last-day",
        severity: "warning",
        what: `Row ${row.row}: the status says ended, the last day is ${lastDay}; the last day counts`,
        next: "Correct the status or the last day in HR.",
      }),
    ];
  });
}

/**
 * Managers nobody knows, workers who manage themselves, and loops. `workers` are those present after the import, `known`
 * all ids of the source. A manager of another source cannot be checked here.
 */
export function managerFindings(
  source: string,
  workers: readonly Worker[],
  known: ReadonlySet<string>,
): ImportFinding[] {
  const managerOf = new Map<string, string>();
  const findings: ImportFinding[] = [];
  const next = "Correct the manager in HR.";
  for (const { id, manager } of workers) {
    if (manager == null) continue;
    const local = localId(source, manager);
    if (local === null) continue;
    const text = { severity: "warning", next } as const;
    if (local === id)
      findings.push(findingOf(source, id, { ...text, kind: "own-manager", what: `${id} is its own manager` }));
    else if (known.has(local)) managerOf.set(id, local);
    else
      findings.push(
        findingOf(source, id, {
          ...text,
          kind: "unknown-manager",
          what: `The manager ${local} of ${id} is not in the source`,
        }),
      );
  }
  for (const loop of findLoops(managerOf)) {
    const what = `${[...loop, loop[0]].join(" -> ")}: these managers are in a loop`;
    findings.push(findingOf(source, loop[0] ?? "", { kind: "manager-loop", severity: "warning", what, next }));
  }
  return findings;
}

function localId(source: string, manager: string): string | null {
  const prefix = `${source}:`;
  const key: string = resolveWorkerReference(manager, source);
  return key.startsWith(prefix) ? key.slice(prefix.length) : null;
}

/** Each loop once, beginning with its lowest id. Everybody has at most one manager, so one walk per worker finds all. */
function findLoops(managerOf: ReadonlyMap<string, string>): string[][] {
  const done = new Set<string>();
  const loops: string[][] = [];
  for (const start of managerOf.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    let id: string | undefined = start;
    while (id !== undefined && !done.has(id) && !onPath.has(id)) {
      path.push(id);
      onPath.add(id);
      id = managerOf.get(id);
    }
    for (const visited of path) done.add(visited);
    if (id !== undefined && onPath.has(id)) loops.push(rotate(path.slice(path.indexOf(id))));
  }
  return loops.sort((a, b) => compareText(a[0] ?? "", b[0] ?? ""));
}

function rotate(loop: readonly string[]): string[] {
  const lowest = [...loop].sort(compareText)[0] ?? "";
  const at = loop.indexOf(lowest);
  return [...loop.slice(at), ...loop.slice(0, at)];
}
