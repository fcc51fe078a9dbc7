import { describe, expect, it } from "vitest";
import { diffPlace } from "../../../reconciler/plan/diff-place.js";
import { collectFindings, type Subject, type TargetView } from "../../../reconciler/plan/subject.js";
import { sameAddress } from "../../../reconciler/plan/view.js";
import { AD_LIKE } from "../../../reconciler/targets/memory/presets.js";

const PEOPLE = "OU=People,DC=corp,DC=example";
const JOINERS = `OU=Joiners,${PEOPLE}`;
const LEAVERS = `OU=Leavers,${PEOPLE}`;
const BERLIN = `OU=Berlin,${PEOPLE}`;
const GRAZ = `OU=Graz,${PEOPLE}`;
const BECAUSE = { active: "works since 2024-01-08", left: "last day was 2026-03-31" } as const;
const LINES = { prehire: 10, left: 11, default: 12 };

interface Case {
  readonly stage: keyof typeof BECAUSE;
  /** What the ledger says, where the account lies, where it belongs. */
  readonly last: string | null;
  readonly now: string;
  readonly wanted: string;
}

/** The mapping: Joiners before the first day, Leavers after the last, else by job.location. */
function reasonOf({ stage, last, now, wanted }: Case): unknown {
  const target = { name: "corp-ad", capabilities: AD_LIKE.capabilities, document: { value: { managed: [PEOPLE] } } };
  const positions = Object.entries(LINES).map(([key, line]) => [`/container/${key}`, { line, column: 1 }]);
  const constant = (value: string) => ({ kind: "constant", expression: null, constant: value });
  const subject = {
    identity: "worker:hr:1",
    target,
    mapping: {
      document: { file: "policies/ad.yaml", line: 1, positions: Object.fromEntries(positions) },
      containerDrift: "correct",
      container: {
        prehire: constant(JOINERS),
        left: constant(LEAVERS),
        default: { kind: "expression", constant: null, expression: { paths: ["job.location"] } },
      },
    },
    intent: {
      label: "Ann",
      container: wanted,
      stage: { stage, because: BECAUSE[stage] },
      source: { file: "w", blob: "b" },
    },
    entry: { current: { container: last } },
    account: { anchor: "a", address: `CN=Ann,${now}`, container: now },
  } as unknown as Subject;
  const same = sameAddress(subject.target);
  const view = { target, containers: new Set([JOINERS, LEAVERS, BERLIN, GRAZ].map(same)) } as unknown as TargetView;
  const [draft] = diffPlace(view, subject, collectFindings());
  const { because, policy, fields } = draft?.op.reasons[0] ?? {};
  return [because, policy?.line, fields];
}

describe("the reason of a move is what changed", () => {
  it("is the container rule with what it reads of HR, where HR changed the place", () => {
    expect(reasonOf({ stage: "active", last: BERLIN, now: BERLIN, wanted: GRAZ })).toEqual([
      "the container rule gives another place than before",
      LINES.default,
      ["job.location"],
    ]);
  });

  it("is the container rule where an account was found elsewhere", () => {
    expect(reasonOf({ stage: "active", last: null, now: BERLIN, wanted: GRAZ })).toEqual([
      "the container rule gives another place than it was found in",
      LINES.default,
      ["job.location"],
    ]);
  });

  it("is the stage where it has a container of its own", () => {
    expect(reasonOf({ stage: "left", last: BERLIN, now: BERLIN, wanted: LEAVERS })).toEqual([
      "left: last day was 2026-03-31",
      LINES.left,
      undefined,
    ]);
  });

  it("is the stage where the account leaves the container of another stage", () => {
    expect(reasonOf({ stage: "active", last: JOINERS.toLowerCase(), now: JOINERS, wanted: BERLIN })).toEqual([
      "active: works since 2024-01-08",
      LINES.default,
      ["job.location"],
    ]);
  });

  it("is neither where only somebody else moved it, and both where HR did too", () => {
    expect(reasonOf({ stage: "active", last: BERLIN, now: GRAZ, wanted: BERLIN })).toEqual([
      "somebody else moved it",
      LINES.default,
      undefined,
    ]);
    expect(reasonOf({ stage: "active", last: BERLIN, now: JOINERS, wanted: GRAZ })).toEqual([
      "the container rule gives another place than before; somebody else moved it",
      LINES.default,
      ["job.location"],
    ]);
  });
});
