/**
 * Invariant 1: the same inputs give the same plan, byte for byte. Twelve processes make the same plans: three time zones,
 * two locales (Turkish, whose "i" has its own capital, and American English), files, rows and replies in two orders.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const CHILD = "dist/test/support/determinism-child.js";
const SOURCES = ["reconciler", "test/support", "test/simulation"];

const ZONES = ["Pacific/Auckland", "America/Los_Angeles", "UTC"];
const LOCALES = ["tr-TR", "en-US"];
const ORDERS = ["0", "7919"];

beforeAll(async () => {
  if (isBuilt()) return;
  await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"]);
}, 300_000);

function isBuilt(): boolean {
  if (!existsSync(CHILD)) return false;
  const built = statSync(CHILD).mtimeMs;
  const files = SOURCES.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  return files.every((file) => !file.endsWith(".ts") || file.endsWith(".test.ts") || statSync(file).mtimeMs <= built);
}

async function plansOf(zone: string, locale: string, order: string) {
  const posix = `${locale.replace("-", "_")}.UTF-8`;
  const env = { ...process.env, TZ: zone, LANG: posix, LC_ALL: posix };
  const { stdout } = await run(process.execPath, [CHILD, order], { env, maxBuffer: 10_000_000 });
  return JSON.parse(stdout) as { timeZone: string; locale: string; digests: string[] };
}

test("twelve processes in three zones, two locales and two orders make one plan", { timeout: 300_000 }, async () => {
  const settings = ZONES.flatMap((zone) => LOCALES.map((locale) => ({ zone, locale })));
  let expected: readonly string[] | null = null;
  for (const { zone, locale } of settings) {
    for (const plans of await Promise.all(ORDERS.map((order) => plansOf(zone, locale, order)))) {
      expect(plans).toMatchObject({ timeZone: zone, locale });
      expected ??= plans.digests;
      expect(plans.digests, `${zone} ${locale}`).toEqual(expected);
    }
  }
  expect(expected?.length).toBeGreaterThan(20);
  expect(new Set(expected).size).toBeGreaterThan(10);
});
