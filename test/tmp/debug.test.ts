import { readFileSync } from "node:fs";
import { test } from "vitest";
import { cloudHands } from "../simulation/cloud/hands.js";
import { keptTokens } from "../simulation/cloud/storm.js";
import { Tally, walkInStorms } from "../simulation/cloud/storm-walk.js";
import { Simulation } from "../support/simulation.js";

test("x", async () => {
  const spec = JSON.parse(readFileSync("/tmp/wt/case.json", "utf8"));
  for (const p of spec.people) if (!("title" in p)) p.title = undefined;
  const apply = Simulation.prototype.apply;
  Simulation.prototype.apply = async function (plan, now) {
    const who = process.env.WHO ?? "";
    for (const op of plan.ops)
      if (op.label.includes(who))
        console.log(
          "PLAN",
          op.verb,
          op.slot,
          op.label,
          JSON.stringify(op.object),
          JSON.stringify(op.before),
          JSON.stringify(op.after),
        );
    const r = await apply.call(this, plan, now);
    for (const { op, outcome } of [...r.decided, ...r.executed])
      if (op.label.includes(who))
        console.log("DID", op.verb, op.slot, op.label, outcome.kind, outcome.code, outcome.detail, outcome.anchor);
    return r;
  };
  const hands = await cloudHands(spec, "direct", {
    tenant: { pageLimit: 3, tokenSeconds: 60 },
    tokens: keptTokens,
    observe: (request: any, reply: any) => {
      if (request.method !== "GET")
        console.log(
          "   ",
          request.method,
          request.path,
          reply.status,
          (request.body ?? "").slice(0, 300),
          reply.status >= 400 ? reply.body : "",
        );
    },
  } as any);
  await walkInStorms(spec, hands, new Tally());
}, 100000);
