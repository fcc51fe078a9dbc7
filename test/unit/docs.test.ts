/** The documentation says what is so: generated parts, links, codes, finding kinds, commands, and examples of policies. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { SHIPPED_GROUP_LIMIT, SHIPPED_LIMITS } from "../../reconciler/plan/guards/shipped.js";
import { listFunctions } from "../../reconciler/policy/expression/index.js";
import { FILE_KINDS, type FileKind } from "../../reconciler/repo/schemas.js";
import { kindOfDocument, validateDocument } from "../../reconciler/repo/validate.js";
import { readDocuments } from "../../reconciler/repo/yaml.js";
import { CODES } from "../../reconciler/support/codes/index.js";
import { formatWhere } from "../../reconciler/support/errors.js";
import { PERMISSION_ROWS } from "../../reconciler/targets/entra-id/permissions.js";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const script = (name: string): Promise<unknown> => import(pathToFileURL(join(ROOT, "scripts", name)).href);

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

/** Together they describe every kind of policy. */
const POLICY_PAGES = ["policies", "targets", "mappings", "guards"].map((name) => `docs/${name}.md`);
const PAGES = ["README.md", "CONTRIBUTING.md", "policies/exceptions/README.md", ...filesBelow("docs", ".md")];

describe("generated parts", () => {
  test("docs/errors.md lists the registry", async () => {
    const { renderErrors } = (await script("generate-errors.mjs")) as { renderErrors(codes: typeof CODES): string };
    expect(read("docs/errors.md")).toBe(renderErrors(CODES));
  });

  test("docs/entra-id.md has the table of permissions", async () => {
    const { renderPermissions, fillMarkers } = (await script("generate-docs.mjs")) as {
      renderPermissions(rows: typeof PERMISSION_ROWS): string;
      fillMarkers(text: string, name: string, content: string): string;
    };
    const page = read("docs/entra-id.md");
    expect(page).toBe(fillMarkers(page, "permissions", renderPermissions(PERMISSION_ROWS)));
  });

  test("the pages of policies have the functions and the shipped limits", async () => {
    const { renderFunctions, renderLimits, fillMarkers } = (await script("generate-docs.mjs")) as {
      renderFunctions(functions: ReturnType<typeof listFunctions>): string;
      renderLimits(limits: typeof SHIPPED_LIMITS, group: typeof SHIPPED_GROUP_LIMIT): string;
      fillMarkers(text: string, name: string, content: string): string;
    };
    const mappings = read("docs/mappings.md");
    expect(mappings).toBe(fillMarkers(mappings, "functions", renderFunctions(listFunctions())));
    const guards = read("docs/guards.md");
    expect(guards).toBe(fillMarkers(guards, "limits", renderLimits(SHIPPED_LIMITS, SHIPPED_GROUP_LIMIT)));
  });
});

/** Anchors as GitHub makes them from headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading ?? "");
  return new Set(
    headings.map((h) =>
      h
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- _]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

test.each(PAGES)("links of %s lead somewhere", (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? "");
  const broken = links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(read(target)).has(anchor);
  });
  expect(broken).toEqual([]);
});

test.each(PAGES)("error codes of %s exist", (page) => {
  const codes = new Set(read(page).match(/MUS-\d{4}/g));
  expect([...codes].filter((code) => !(code in CODES))).toEqual([]);
});

describe("the command line", () => {
  const cli = read("reconciler/cli.ts");
  const options = new Set([
    "--help",
    "--version",
    ...(cli.match(/"(?:-\w, )?--[a-z][a-z-]*/g) ?? []).map((o) => o.slice(1)),
  ]);
  const commands = new Set([...cli.matchAll(/\.command\("([a-z]+)"\)/g)].map(([, name]) => name ?? ""));
  // Commands of other programs that the pages show, with the options they take there.
  const FOREIGN = /\b(?:npx|npm|node scripts|git|ldap\w+)\b.*/;

  test.each(["README.md", "docs/runbook.md", "docs/lifecycle.md", "docs/plan-format.md", ...POLICY_PAGES])(
    "%s names only options and commands that exist",
    (page) => {
      const code = [...read(page).matchAll(/`([^`\n]+)`|^ {4}(.+)$/gm)].map(
        ([, inline, block]) => inline ?? block ?? "",
      );
      const ours = code.filter((text) => !FOREIGN.test(text));
      const named = ours.flatMap((text) => text.match(/(?<![\w-])--[a-z]+(?:-[a-z]+)*(?![\w-])/g) ?? []);
      expect(named.filter((option) => !options.has(option))).toEqual([]);
      const verbs = ours.flatMap((text) =>
        [...text.matchAll(/(?:^|\s)muster ([a-z]+)(?=\s|$)/g)].map(([, verb]) => verb),
      );
      // Plans print "Plan for sandbox", commits "muster sandbox: ..."; everything else after muster is a verb.
      expect(verbs.filter((verb) => !commands.has(verb ?? ""))).toEqual([]);
    },
  );

  test("every option and command is in the README", () => {
    const page = read("README.md");
    const missing = [...options, ...[...commands].map((name) => ` ${name}`)].filter((name) => !page.includes(name));
    expect(missing).toEqual(["--help", "--version"]);
  });
});

test("docs/plan-format.md describes every kind of finding, and no other", () => {
  const files = ["plan", "policy", "hr"].flatMap((folder) => filesBelow(`reconciler/${folder}`, ".ts"));
  const sources = files.filter((file) => !file.includes("expression")).map(read);
  const inline = sources.flatMap((text) => [...text.matchAll(/kind: "([a-z-]+)",\s+severity/g)]);
  const short = sources.flatMap((text) => [...text.matchAll(/kind: "([a-z]+-[a-z-]+)"/g)]);
  // Kinds that a stage brings along are a union of their own.
  const union = /readonly finding: ([^;]+);/.exec(read("reconciler/policy/lifecycle.ts"))?.[1] ?? "";
  const kinds = new Set([...inline, ...short, ...union.matchAll(/"([a-z-]+)"/g)].map(([, kind]) => kind ?? ""));
  const section = read("docs/plan-format.md").split("## Findings")[1]?.split("\n## ")[0] ?? "";
  const described = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, kind]) => kind ?? "");
  expect([...new Set(described)].sort()).toEqual([...kinds].sort());
});

describe("examples of policies", () => {
  const blocks = POLICY_PAGES.flatMap((page) =>
    [...read(page).matchAll(/```yaml\n(apiVersion[\s\S]*?)```/g)].map(([, block]) => [page, block ?? ""] as const),
  );

  test("there is one for every kind of policy", () => {
    const kinds = blocks.map(([, block]) => /^kind: (\w+)$/m.exec(block)?.[1]);
    const written = ["Account", "Group", "Run", "SourceRecord", "Worker"];
    expect(new Set(kinds)).toEqual(new Set(FILE_KINDS.filter((kind) => !written.includes(kind))));
  });

  test.each(blocks)("of %s is valid: %#", (page, block) => {
    for (const document of readDocuments(Buffer.from(block), page, { maxBytes: 1_000_000 })) {
      const place = { file: page, document };
      const kind = kindOfDocument(document.value, FILE_KINDS, place);
      const errors = typeof kind === "string" ? validateDocument(kind as FileKind, document.value, place) : [kind];
      expect(errors.map((error) => `${formatWhere(error.where)} ${error.message}`)).toEqual([]);
    }
  });
});

test("every key of a policy is in a page of policies", () => {
  const pages = POLICY_PAGES.map(read).join("\n");
  const missing = FILE_KINDS.flatMap((kind) => {
    const file = kind.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    if (["account", "group", "run", "source-record", "worker"].includes(file)) return [];
    const schema = JSON.parse(read(`schemas/${file}.schema.json`)) as SchemaPart;
    return keysOf(schema)
      .filter((key) => !new RegExp(`\\b${key}\\b`).test(pages))
      .map((key) => `${kind}: ${key}`);
  });
  expect(missing).toEqual([]);
});

type SchemaPart = Readonly<Record<string, unknown>>;

/** Names of properties at any depth. */
function keysOf(part: unknown): string[] {
  if (typeof part !== "object" || part === null) return [];
  const { properties } = part as { readonly properties?: SchemaPart };
  return [...Object.keys(properties ?? {}), ...Object.values(part).flatMap(keysOf)];
}

test("no page is longer than 450 lines", () => {
  expect(PAGES.filter((page) => read(page).split("\n").length > 450)).toEqual([]);
});
