// Writes the tables of docs/ that come from code: the functions of the expression language (mappings.md), the limits that
// ship with Muster (guards.md) and the permissions of Microsoft Graph (entra-id.md). Reads dist/. `--check` fails on a difference.
import { readFileSync } from "node:fs";
import { isProgram, putGenerated } from "./generated-file.mjs";

const FUNCTIONS = "docs/mappings.md";
const LIMITS = "docs/guards.md";
const PERMISSIONS = "docs/entra-id.md";

const GROUPS = [
  ["entra", "Documented by Microsoft for HR-driven provisioning to Entra ID."],
  ["cloud-sync", "Documented by Microsoft for cloud sync only; accepted here too."],
  ["muster", "Our additions. They cannot be pasted back into Entra ID."],
];

/** `Left(string, numChars)`; what may be left out stands in [ ], what repeats is followed by ... */
function callOf({ name, parameters }) {
  const repeated = parameters.filter((parameter) => parameter.need === "repeated").map((parameter) => parameter.name);
  const single = parameters
    .filter((parameter) => parameter.need !== "repeated")
    .map((parameter) => (parameter.need === "optional" ? `[${parameter.name}]` : parameter.name));
  const all = repeated.length === 0 ? single : [...single, ...repeated, "..."];
  return `${name}(${all.join(", ")})`;
}

/** Tables of functions, one per origin. `functions` is listFunctions(). */
export function renderFunctions(functions) {
  return GROUPS.map(([origin, sentence]) => {
    const rows = functions
      .filter((signature) => signature.origin === origin)
      .map(
        (signature) =>
          `| \`${callOf(signature)}\` | ${signature.returns} | ${signature.summary.replaceAll("|", "\\|")} |`,
      );
    if (rows.length === 0) return `${sentence} None so far.`;
    return `${sentence}\n\n| function | gives | meaning |\n|---|---|---|\n${rows.join("\n")}`;
  }).join("\n\n");
}

/** The table of limits. `limits` is SHIPPED_LIMITS, `group` SHIPPED_GROUP_LIMIT. */
export function renderLimits(limits, group) {
  const slots = { update: "attribute", clear: "attribute", "run-task": "task" };
  const name = ({ verb }) => (verb in slots ? `${verb}, each ${slots[verb]}` : verb);
  const rows = [...limits.map((limit) => [name(limit), limit]), [`${group.verb}, each group`, group]].map(
    ([name, { max, maxShare, minPopulation }]) => `| ${name} | ${max} | ${maxShare} | ${minPopulation} |`,
  );
  return `| verb | max | maxShare | minPopulation |\n|---|---|---|---|\n${rows.join("\n")}`;
}

/** The table of permissions: the least of each row, and what would do in its place. `rows` is PERMISSION_ROWS. */
export function renderPermissions(rows) {
  const lines = rows.map(({ what, ways }) => {
    const [least, ...wider] = ways.map((way) => way.join(" + "));
    return `| ${what} | ${least} | ${wider.join(" · ")} |`;
  });
  return `| what | least permission | also enough |\n|---|---|---|\n${lines.join("\n")}`;
}

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
export function fillMarkers(text, name, content) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`there are no markers ${begin} and ${end}`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}

if (isProgram(import.meta.url)) {
  const { listFunctions } = await import("../dist/reconciler/policy/expression/index.js");
  const { SHIPPED_LIMITS, SHIPPED_GROUP_LIMIT } = await import("../dist/reconciler/plan/guards/shipped.js");
  const { PERMISSION_ROWS } = await import("../dist/reconciler/targets/entra-id/permissions.js");
  const fill = (path, name, content) => putGenerated(path, fillMarkers(readFileSync(path, "utf8"), name, content));
  fill(FUNCTIONS, "functions", renderFunctions(listFunctions()));
  fill(LIMITS, "limits", renderLimits(SHIPPED_LIMITS, SHIPPED_GROUP_LIMIT));
  fill(PERMISSIONS, "permissions", renderPermissions(PERMISSION_ROWS));
}
