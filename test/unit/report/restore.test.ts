/** A restore says where the account comes back, and as what. */
import { expect, it } from "vitest";
import { renderPlan } from "../../../reconciler/report/text.js";
import { op, person, plan } from "../../support/plan-builder.js";

const anna = person("Anna Huber", "202");
const options = { width: 80, color: false, unicode: true, only: null, details: "normal" } as const;
const text = (after: Record<string, string | boolean>) =>
  renderPlan(plan({ ops: [op("restore", anna, { before: { deleted: true }, after })] }), options);

it("shows the container and the cn of a restore, where the directory has them", () => {
  const shown = text({ deleted: false, cn: "Anna Huber2", container: "OU=Staff,OU=People,DC=corp,DC=example" });
  expect(shown).toMatch(/restore account\n\s+container\s+OU=Staff,OU=People,DC=corp,DC=example\n\s+cn\s+Anna Huber2\n/);
  expect(text({ deleted: false })).toMatch(/restore account\n\nDigests/);
});
