/** When somebody counts as having come back: a gap between all employments of the person. */
import { describe, expect, it } from "vitest";
import { workerFile } from "../../../reconciler/model/worker.js";
import { compilePolicies } from "../../../reconciler/policy/compile.js";
import { desire } from "../../../reconciler/policy/desire.js";
import { formatInstant, parseInstant } from "../../../reconciler/policy/time.js";
import { AD_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { workerFrom } from "../../golden/case-file.js";
import { policiesFrom } from "../../support/policies.js";

const policy = compilePolicies(
  policiesFrom(`kind: Environment
name: production
targets: [ corp-ad ]
records: { branch: main }
---
kind: Target
name: corp-ad
type: memory
base: DC=corp
managed: { accounts: ["OU=People,DC=corp"] }
claim: employeeNumber
---
kind: Scope
name: everybody
all: [ { attribute: type, operator: EQUALS, value: employee } ]
---
kind: Lifecycle
name: standard
prehire: { from: 14d before start, account: disabled, create: true }
active: { account: enabled, create: true }
rehire: { within: 90d, account: reactivate, otherwise: reprovision }
---
kind: Mapping
name: people
target: corp-ad
account: provision
per: person
scope: everybody
lifecycle: standard
match: [{ attribute: employeeID, value: "[id]" }]
container: { default: { constant: "OU=People,DC=corp" } }
attributes:
  employeeID: { value: "[id]" }
  sAMAccountName: { unique: { candidates: ["[id]"], within: target } }
  cn: { unique: { candidates: ["[id]"] } }
`),
  "production",
  () => AD_LIKE.capabilities,
);

type Job = readonly [from: string, lastDay: string | null];

/** Jobs of one person under ids of their own: what becomes of the account that there was, and since when. */
function rehireOf(asOf: string, ...jobs: readonly Job[]) {
  const workers = jobs.map(([from, lastDay], i) =>
    workerFile(workerFrom(String(101 + i), { name: "Anna Huber", personId: "p-7", from, lastDay }, undefined), {
      file: `${i}.yaml`,
      blob: "b",
    }),
  );
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

  it("not, when there was no job before", () => {
    expect(rehireOf(NOW, ["2026-05-18", null])).toBeNull();
  });
});
