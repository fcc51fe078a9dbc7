/** Organizational units that a plan makes are to be seen wherever the op is; a masked comment does not name them. */
import { expect, it } from "vitest";
import type { Op } from "../../../reconciler/model/op.js";
import { renderMarkdown } from "../../../reconciler/report/markdown.js";
import { renderPlan } from "../../../reconciler/report/text.js";
import { op, person, plan } from "../../support/plan-builder.js";

const PEOPLE = "OU=People,DC=lindwurm,DC=example";
const GRAZ = `OU=Graz,OU=Legal,${PEOPLE}`;
const NEW = { newContainers: [`OU=Legal,${PEOPLE}`, GRAZ] };

const mara = person("Mara Berg", "10044");
const zoe = person("Zoë Müller", "10188");
const move: Op = {
  ...op("move", mara, { before: { container: `OU=Works,${PEOPLE}` }, after: { container: GRAZ } }),
  ...NEW,
};
const create: Op = { ...op("create", zoe, { after: { cn: "Zoë Müller", container: GRAZ, enabled: true } }), ...NEW };

it.each([
  ["a move", move],
  ["a create", create],
])("%s says which units it makes, outermost first", (_, one) => {
  const text = renderPlan(plan({ ops: [one] }), {
    width: 100,
    color: false,
    unicode: true,
    only: null,
    details: "normal",
  });
  const made = [...text.matchAll(/\+ makes (.+)$/gm)].map(([, dn]) => dn?.trim());
  expect(made).toEqual(NEW.newContainers);
});

it("a comment names them, a masked one only says that some are made", () => {
  const body = plan({ ops: [move, create] });
  expect(renderMarkdown(body, {})).toContain(`makes \`${GRAZ}\``);
  const masked = renderMarkdown(body, { mask: { show: [] } });
  expect(masked).toContain("makes");
  expect(masked).not.toContain("Graz");
});

it("a plan names each unit once, however many accounts belong there", () => {
  const others = Array.from({ length: 40 }, (_, i): Op => {
    const rider = person(`Rider ${i}`, String(20000 + i));
    return {
      ...op("move", rider, { before: { container: `OU=Works,${PEOPLE}` }, after: { container: GRAZ } }),
      ...NEW,
    };
  });
  for (const ops of [[move, create], others]) {
    const text = renderPlan(plan({ ops }), { width: 100, color: false, unicode: true, only: null, details: "normal" });
    expect([...text.matchAll(/makes (.+)$/gm)].map(([, dn]) => dn?.trim())).toEqual(NEW.newContainers);
  }
});
