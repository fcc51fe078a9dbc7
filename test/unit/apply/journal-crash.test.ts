import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { openJournals } from "../../../reconciler/apply/journal.js";
import { temporaryFolder } from "../repo/temp-repository.js";

const AT = "2026-12-01T09:00:00.000Z";

/** Appends for ever, and says which appends have returned. */
const WRITER = `
import { openJournals } from "./journal.js";
const journal = await openJournals(process.argv[2], "production").create("r1");
const outcome = (i) => ({ type: "outcome", outcome: { op: "op" + i, kind: "done", anchor: null, code: null, detail: "x".repeat(i % 3000) }, at: "${AT}" });
for (let i = 0; ; i += 8) {
  await Promise.all(Array.from({ length: 8 }, (_, k) => journal.append(outcome(i + k))));
  process.stdout.write(i + 7 + "\\n");
}
`;

const program = join(temporaryFolder(), "program");

beforeAll(async () => {
  const entry = join(import.meta.dirname, "../../../reconciler/apply/journal.ts");
  const output = { outDir: program, rollupOptions: { output: { entryFileNames: "journal.js" } } };
  await build({ configFile: false, logLevel: "error", build: { ssr: entry, ...output } });
  writeFileSync(join(program, "package.json"), '{ "type": "module" }');
  writeFileSync(join(program, "writer.js"), WRITER);
});

describe("a journal whose process is killed", () => {
  it.each([1, 3, 7, 20, 45])("holds everything that was acknowledged, after %i rounds", async (rounds) => {
    const folder = temporaryFolder();
    const child = spawn(process.execPath, [join(program, "writer.js"), folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    let acknowledged = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged >= rounds * 8 - 1) child.kill("SIGKILL");
    }
    expect((await closed)[1]).toBe("SIGKILL");
    const [found] = await openJournals(folder, "production").unfinished();
    const ops = (found?.entries ?? []).map((entry) => (entry.type === "outcome" ? entry.outcome.op : entry.type));
    expect(ops.length).toBeGreaterThan(acknowledged);
    expect(ops).toEqual(ops.map((_, i) => `op${i}`));
    const journal = await openJournals(folder, "production").reopen("r1");
    await journal.append({ type: "end", at: AT });
    await journal.close();
    expect((await openJournals(folder, "production").unfinished())[0]?.entries.at(-1)).toEqual({ type: "end", at: AT });
  });
});
