/** What the targets are asked about drift, and what becomes of their answers. */
import { describe, expect, it } from "vitest";
import type { Drift, LastChange } from "../../../reconciler/model/drift.js";
import { opId } from "../../../reconciler/model/op.js";
import { askAboutDrift, attributeDrift } from "../../../reconciler/plan/attribution.js";
import { MAX_ATTRIBUTED_OBJECTS } from "../../../reconciler/support/limits.js";
import { finding, op, person, plan, update } from "../../support/plan-builder.js";

const ann = person("Ann Ek", "1");
const bo = person("Bo Ek", "2");
const CHANGE: LastChange = { at: "2026-11-20T09:12:00Z", by: "DC1", version: 4 };

function drifted(...attributes: string[]): { origin: "drift"; drift: Drift[] } {
  return { origin: "drift", drift: attributes.map((attribute) => ({ attribute })) };
}

const anchorOf = (_: string, identity: string) => (identity === bo.identity ? bo.anchor : null);

describe("drift", () => {
  const notified = finding("drift", "info", "title of Bo Ek was changed", {
    identity: bo.identity,
    target: "works-ad",
    drift: [{ attribute: "title" }],
  });
  const { body } = plan({
    ops: [
      update(bo, "info", "a", "b", drifted("info")),
      update(ann, "title", "a", "b", drifted("title")),
      update(ann, "info", "a", "b"),
      op("move", ann, { before: { container: "x" }, after: { container: "y" }, ...drifted("container") }),
    ],
    findings: [notified, finding("fight", "warning", "about nobody", { drift: [{ attribute: "title" }] })],
  });

  it("is asked about once for each object, with all that drifted, of ops and of findings", () => {
    expect([...askAboutDrift(body, anchorOf)]).toEqual([
      [
        "works-ad",
        {
          queries: [
            { anchor: ann.anchor, attributes: ["container", "title"] },
            { anchor: bo.anchor, attributes: ["info", "title"] },
          ],
          omitted: 0,
        },
      ],
    ]);
  });

  it("gets the last changes where they are known, and stays what it was where not", () => {
    const questions = askAboutDrift(body, anchorOf);
    const known = new Map([
      [ann.anchor, { title: CHANGE }],
      [bo.anchor, { title: CHANGE, cn: CHANGE }],
    ]);
    const after = attributeDrift(body, questions, new Map([["works-ad", known]]), anchorOf);
    expect(after.ops.map((one) => one.drift)).toEqual([
      [{ attribute: "info" }],
      [{ attribute: "title", changed: CHANGE }],
      undefined,
      [{ attribute: "container" }],
    ]);
    expect(after.findings.map((one) => one.drift)).toEqual([
      [{ attribute: "title", changed: CHANGE }],
      [{ attribute: "title" }],
    ]);
    expect(after.ops.map((one) => opId(one))).toEqual(body.ops.map((one) => one.id));
    expect(after.digests).toEqual(body.digests);
    expect(attributeDrift(body, questions, new Map(), anchorOf)).toEqual(body);
  });

  it("of very many objects is asked about for the first ones, and a finding says so", () => {
    const people = Array.from({ length: MAX_ATTRIBUTED_OBJECTS + 3 }, (_, i) => person(`P ${i}`, String(i + 10)));
    const many = plan({ ops: people.map((who) => update(who, "title", "a", "b", drifted("title"))).reverse() }).body;
    const questions = askAboutDrift(many, anchorOf);
    const asked = questions.get("works-ad")?.queries.map(({ anchor }) => anchor);
    expect(asked).toEqual(people.slice(0, MAX_ATTRIBUTED_OBJECTS).map(({ anchor }) => anchor));
    const { findings } = attributeDrift(many, questions, new Map(), anchorOf);
    expect(findings.map(({ kind, target, what }) => [kind, target, what])).toEqual([
      ["drift-not-attributed", "works-ad", expect.stringContaining("not for 3 more")],
    ]);
  });
});
