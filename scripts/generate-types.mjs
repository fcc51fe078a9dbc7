// Generates reconciler/model/files/*.ts from schemas/*.schema.json. `--check` writes nothing and fails on a difference.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const check = process.argv.includes("--check");
const out = "reconciler/model/files";
mkdirSync(out, { recursive: true });
const written = new Set(["index.ts"]);
const exported = [];
let stale = false;

function put(file, text) {
  const path = `${out}/${file}`;
  let before = null;
  try {
    before = readFileSync(path, "utf8");
  } catch {}
  if (before === text) return;
  if (check) {
    stale = true;
    console.error(`${path} does not agree with its schema: run npm run generate`);
  } else writeFileSync(path, text);
}

for (const name of readdirSync("schemas")
  .filter((n) => n.endsWith(".schema.json"))
  .sort()) {
  const schema = JSON.parse(readFileSync(`schemas/${name}`, "utf8"));
  const file = name.replace(".schema.json", ".ts");
  const text = await compile(schema, schema.title, {
    bannerComment: `/** Generated from schemas/${name} by npm run generate. Do not edit. */`,
    additionalProperties: false,
    strictIndexSignatures: false,
    style: { printWidth: 120 },
  });
  put(file, text);
  written.add(file);
  exported.push(`export type { ${schema.title} } from "./${file.replace(".ts", ".js")}";`);
}
put("index.ts", `/** Generated from schemas/ by npm run generate. Do not edit. */\n${exported.join("\n")}\n`);
for (const name of readdirSync(out)) {
  if (!written.has(name)) {
    stale = true;
    console.error(`${out}/${name} has no schema`);
  }
}
if (check && stale) process.exit(1);
