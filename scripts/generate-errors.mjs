// Generates docs/errors.md from the registry of error codes, as built into dist/. `--check` fails on a difference.
import { isProgram, putGenerated } from "./generated-file.mjs";

const AREAS = [
  ["MUS-10", "Files"],
  ["MUS-11", "Policies"],
  ["MUS-12", "Expressions"],
  ["MUS-20", "Import"],
  ["MUS-30", "Plan and guards"],
  ["MUS-40", "Apply, journal, lease"],
  ["MUS-50", "Targets"],
  ["MUS-51", "Active Directory"],
  ["MUS-52", "Entra ID"],
  ["MUS-60", "Records and ledger"],
  ["MUS-70", "Command line"],
  ["MUS-80", "Sandbox"],
  ["MUS-90", "Muster itself"],
];

const WHO = {
  hr: "HR",
  "policy-author": "the author of the policy",
  operator: "whoever runs Muster",
  "directory-admin": "the administrator of the directory",
  developer: "the developers of Muster",
};

const HEAD = `# Errors

Generated from \`reconciler/support/codes/\` by \`npm run generate\`. Do not edit.

Every error has a code. The text may change, the code may not: scripts should look at the code. A message says what
happened, where (file:line:column, or target and object), who must act, and what to do next:

    MUS-2010  118 of 294 workers are no longer in the export; at most 20 may be lost
              at once, and 5% of 20 or more
      at    day-4-2026-12-02-truncated.csv
      who   HR
      next  Ask for a complete export. If the people are really gone, see
            docs/runbook.md on shrinking sources.

"Exit" is the exit code of the command that ends with the error. Where one op fails, the code stands in the run record
and the command goes on; see "Exit codes" in the README.
`;

/** The whole of docs/errors.md. `codes` is CODES of the registry. */
export function renderErrors(codes) {
  const entries = Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1));
  const unknown = entries.filter(([code]) => !AREAS.some(([prefix]) => code.startsWith(prefix)));
  if (unknown.length > 0) throw new Error(`no area for ${unknown.map(([code]) => code).join(", ")}`);
  const sections = AREAS.map(([prefix, title]) => {
    const rows = entries
      .filter(([code]) => code.startsWith(prefix))
      .map(
        ([code, { title: what, who, next, exit }]) =>
          `| ${code} | ${what} | ${WHO[who]} | ${next.replaceAll("|", "\\|")} | ${exit} |`,
      );
    if (rows.length === 0) return "";
    return `\n## ${title}\n\n| code | what | who acts | next step | exit |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return HEAD + sections.join("");
}

if (isProgram(import.meta.url)) {
  const { CODES } = await import("../dist/reconciler/support/codes/index.js");
  putGenerated("docs/errors.md", renderErrors(CODES));
}
