/** When somebody counts as having come back: a gap between all employments of the person. */
import { describe, expect, it } from "vitest";
import { workerFile } from "../../../reconciler/model/worker.js";
import { compilePolicies } from "../../../reconciler/policy/compile.js";
import { desire } from "../../../reconciler/policy/desire.js";
import { formatInstant, parseInstant } from "../../../reconciler/policy/time.js";
import { AD_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { compileDocuments, readBasePolicies, workerFrom } from "../../golden/case-file.js";

const policy = compilePolicies(compileDocuments(readBasePolicies("without")), "production", () => AD_LIKE.capabilities);

type Period = readonly [from: string, lastDay: string | null];
/** One period of an employee, or all of somebody whose type is said. */
type Job = Period | { readonly type: string; readonly periods: readonly Period[] };

/** Jobs of one person under ids of their own: what becomes of the account that there was, and since when. */
function rehireOf(asOf: string, ...jobs: readonly Job[]) {
  const workers = jobs.map((job, i) => {
    const { type, periods } = "type" in job ? job : { type: "employee", periods: [job] };
    const employment = { periods: periods.map(([from, lastDay]) => ({ from, lastDay, status: "normal" })) };
    const worker = workerFrom(String(101 + i), { name: "Anna Huber", personId: "p-7", type, employment }, undefined);
    return workerFile(worker, { file: `${i}.yaml`, blob: "b" });
  });
  const { intents } = desire({ workers, sources: {} }, policy, parseInstant(asOf));
  const rehire = intents[0]?.rehire ?? null;
  return rehire && [rehire.action, formatInstant(rehire.previousEnd), formatInstant(rehire.since)];
}

const NOW = "2026-05-20T09:00+02:00";
const ENDED: Job = ["2024-01-08", "2026-03-31"];
const END = "2026-03-31T22:00:00Z";
/** Fourteen days before 18 May, where it is midnight. */
const LEAD = "2026-05-03T22:00:00Z";

describe("a person comes back", () => {
  it("to one job, or to several at once: since the first of them", () => {
    expect(rehireOf(NOW, ENDED, ["2026-05-18", null])).toEqual(["reactivate", END, LEAD]);
    expect(rehireOf(NOW, ENDED, ["2026-05-18", null], ["2026-05-20", null])).toEqual(["reactivate", END, LEAD]);
  });

  it("to a second job that is still to begin: nothing changes when it does", () => {
    const jobs: Job[] = [ENDED, ["2026-05-18", null], ["2026-05-25", null]];
    expect(rehireOf(NOW, ...jobs)).toEqual(["reactivate", END, LEAD]);
    expect(rehireOf("2026-05-26T09:00+02:00", ...jobs)).toEqual(["reactivate", END, LEAD]);
  });

  it("too late: the first day of the first job counts", () => {
    expect(rehireOf("2026-07-02T09:00+02:00", ENDED, ["2026-07-01", null], ["2026-06-29", null])?.[0]).toBe(
      "reactivate",
    );
    expect(rehireOf("2026-07-02T09:00+02:00", ENDED, ["2026-07-01", null], ["2026-07-02", null])?.[0]).toBe(
      "reprovision",
    );
  });

  it("not, when another job went on all the while", () => {
    expect(rehireOf(NOW, ENDED, ["2026-05-18", null], ["2025-01-01", null])).toBeNull();
    expect(rehireOf(NOW, ["2025-01-01", null], ["2026-05-25", null], ENDED)).toBeNull();
  });

  it("not, when a job that is out of scope had a break", () => {
    const contract: Job = {
      type: "contingent",
      periods: [
        ["2024-01-01", "2026-04-30"],
        ["2026-05-04", null],
      ],
    };
    expect(rehireOf(NOW, ["2026-01-08", null], contract)).toBeNull();
    // Left on 31 January 2025, back on 18 May 2026, within: 90d.
    expect(rehireOf(NOW, ["2024-01-08", "2025-01-31"], ["2026-05-18", null], contract)?.[0]).toBe("reprovision");
  });

  it("not, when there was no job before", () => {
    expect(rehireOf(NOW, ["2026-05-18", null])).toBeNull();
  });
});
