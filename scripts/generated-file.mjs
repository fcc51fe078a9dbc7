// What the generators of docs/ share: run as a program with `--check`, or imported by a test for their text alone.
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Whether this module is the program that node was started with. */
export function isProgram(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/** Writes the text; with `--check` writes nothing and fails on a difference. */
export function putGenerated(path, text) {
  let before = null;
  try {
    before = readFileSync(path, "utf8");
  } catch {}
  if (before === text) return;
  if (process.argv.includes("--check")) {
    console.error(`${path} is out of date: run npm run build && npm run generate`);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}
