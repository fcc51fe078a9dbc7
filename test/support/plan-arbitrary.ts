/** Random plans with nasty values: emoji, wide and combining characters, controls, right-to-left text, markup. */
import fc from "fast-check";
import type { Drift } from "../../reconciler/model/drift.js";
import { type Op, OUTCOMES, type Values, VERBS } from "../../reconciler/model/op.js";
import type { Finding, Plan } from "../../reconciler/model/plan.js";
import type { Value } from "../../reconciler/model/value.js";
import { finding, guard, op, person, plan } from "./plan-builder.js";

const NASTY = [
  "👩‍🔧",
  "❤️",
  "🇩🇪",
  "山田健太",
  "김철수",
  "e\u0301\u0308\u0301\u0308\u0301\u0308",
  "\u0301",
  "\u202e",
  "\u2066",
  "\u200b",
  "\n",
  "\r\n",
  "\t",
  "\u001b[2J",
  "\u0000",
  "\ufeff",
  "\u00a0",
  "\u2028",
  "\ud800",
  "שלום",
  "محمد",
  "|",
  "\\|",
  "`",
  "``",
  "<script>",
  "</details>",
  "<!--",
  "-->",
  "@admin",
  "@org/team",
  ":tada:",
  "#1",
  "[x](http://evil.example)",
  "http://evil.example",
  "www.evil.example",
  "**b**",
  "_i_",
  "~~s~~",
  "$x$",
  "1.",
  "- ",
  "# ",
  "&lt;",
  "\\",
  " ",
  "  ",
  ",",
  "OU=Works,OU=People,DC=lindwurm,DC=example",
  "averyveryverylongwordthatdoesnotfitintoanylineofeightycolumnsbecauseitgoesonandonandon",
  "Senior Wheel Builder",
] as const;

export const nastyText = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: "binary", maxLength: 4 }), fc.constant(" ")), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

const value: fc.Arbitrary<Value | null> = fc.oneof(
  nastyText,
  fc.constant(null),
  fc.boolean(),
  fc.array(nastyText, { maxLength: 3 }),
  nastyText.map((dn) => ({ dn })),
  fc.uint8Array({ maxLength: 4 }),
);

const values: fc.Arbitrary<Values> = fc.dictionary(
  fc.oneof(fc.constantFrom("title", "cn", "member"), nastyText),
  value,
  {
    maxKeys: 3,
  },
);

const arbitraryDrift: fc.Arbitrary<Drift[]> = fc.array(
  fc
    .record({ attribute: nastyText, by: nastyText, version: fc.integer({ min: 1, max: 9 }), isKnown: fc.boolean() })
    .map(({ attribute, by, version, isKnown }) =>
      isKnown ? { attribute, changed: { at: "2026-11-20T09:12:00Z", by, version } } : { attribute },
    ),
  { maxLength: 3 },
);

/** An op of one of `people` persons, whose names differ by number only where they are equal by chance. */
export function arbitraryOp(people: number): fc.Arbitrary<Op> {
  return fc
    .record({
      verb: fc.constantFrom(...VERBS),
      id: fc.integer({ min: 1, max: people }),
      label: nastyText,
      target: fc.constantFrom("works-ad", "works-entra"),
      slot: nastyText,
      slotLabel: nastyText,
      before: values,
      after: values,
      because: nastyText,
      file: nastyText,
      origin: fc.constantFrom("policy" as const, "drift" as const, "both" as const, null),
      drift: arbitraryDrift,
      ledgerOnly: fc.boolean(),
    })
    .map(({ verb, id, label, because, file, ...rest }) =>
      op(verb, person(label, String(id)), {
        ...rest,
        reasons: [{ because, policy: { file, line: 3 }, fields: [file], source: { file, blob: "b10b" } }],
      }),
    );
}

const arbitraryFinding: fc.Arbitrary<Finding> = fc
  .record({
    kind: nastyText,
    severity: fc.constantFrom("info" as const, "warning" as const, "critical" as const),
    what: nastyText,
    next: nastyText,
    object: fc.option(nastyText),
    target: fc.option(nastyText),
    drift: arbitraryDrift,
    id: fc.option(fc.integer({ min: 1, max: 40 })),
  })
  .map(({ kind, severity, what, id, ...rest }) => {
    const who = id === null ? null : person("x", String(id));
    return finding(kind, severity, what, { ...rest, identity: who?.identity ?? null, worker: who?.worker ?? null });
  });

export function arbitraryPlan(maxOps = 40): fc.Arbitrary<Plan> {
  return fc
    .record({
      ops: fc.uniqueArray(arbitraryOp(50), { maxLength: maxOps, selector: (one) => one.id }),
      findings: fc.array(arbitraryFinding, { maxLength: 5 }),
      guards: fc.array(
        fc.record({
          name: nastyText,
          verdict: fc.constantFrom("pass" as const, "refuse" as const, "let-through" as const),
          what: nastyText,
          by: fc.option(nastyText),
        }),
        { maxLength: 3 },
      ),
    })
    .map(({ ops, findings, guards }) =>
      plan({
        ops,
        findings,
        guards: guards.map(({ name, verdict, what, by }) =>
          guard(name, verdict, what, { by, ops: ops.map((one) => one.id) }),
        ),
      }),
    );
}

export const arbitraryOutcome = fc.record({ kind: fc.constantFrom(...OUTCOMES), detail: fc.option(nastyText) });
