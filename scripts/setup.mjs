// Makes a fresh clone ready: installs what package-lock.json says where it is missing, and builds. `setup.mjs [build]`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Muster needs Node.js 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const run = (args) => execFileSync(npm, args, { stdio: ["ignore", "inherit", "inherit"] });
const lock = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
const mark = "node_modules/.muster-lock";
if (!existsSync(mark) || readFileSync(mark, "utf8") !== lock) {
  console.error("installing dependencies ...");
  run(["ci", "--no-audit", "--no-fund"]);
  writeFileSync(mark, lock);
}
if (process.argv.includes("build")) run(["run", "--silent", "build"]);
