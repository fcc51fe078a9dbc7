import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OBJECTS_PER_QUESTION } from "../../reconciler/support/limits.js";
import { type SandboxHarness, sandboxHarness } from "./harness-sandbox.js";
import { describeLastChanges } from "./last-changes.js";

describeLastChanges("Active Directory driver on the sandbox", sandboxHarness);

describe("asking for last changes", () => {
  let harness: SandboxHarness;
  let anchors: string[];
  const searches = () => harness.sandbox.counters.search;
  beforeEach(async () => {
    harness = await sandboxHarness();
    anchors = [];
    for (let i = 0; i < OBJECTS_PER_QUESTION + 1; i++)
      anchors.push(await harness.addAccount({ cn: `P ${i}`, sAMAccountName: `p${i}` }));
  });
  afterEach(() => harness.close());

  it("takes one search for every fifty objects", async () => {
    const before = searches();
    const queries = anchors.map((anchor) => ({ anchor, attributes: ["enabled"] }));
    expect((await harness.target.lastChanges(queries)).size).toBe(OBJECTS_PER_QUESTION + 1);
    expect(searches() - before).toBe(2);
  });

  it("keeps what was said before a search failed, and never fails itself", async () => {
    let seen = 0;
    harness.faults.before = ({ kind }) => {
      if (kind !== "search") return undefined;
      seen += 1;
      return seen > 1 ? { do: "refuse", code: 51 } : undefined;
    };
    const queries = anchors.map((anchor) => ({ anchor, attributes: ["enabled"] }));
    const answer = await harness.target.lastChanges(queries);
    expect(answer.size).toBe(OBJECTS_PER_QUESTION);
    expect(answer.get(anchors[0] ?? "")?.enabled).toMatchObject({ by: "DC1" });
    harness.faults.before = ({ kind }) => (kind === "search" ? { do: "drop-before" } : undefined);
    expect(await harness.target.lastChanges(queries)).toEqual(new Map());
  });
});
