/** All cases on one server; the matrix and the counts at the end. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import type { Expectation, Fact, Verdict, WireCase } from "./case.js";
import { ACCOUNT } from "./cases/account.js";
import { ADD } from "./cases/add.js";
import { LINKS } from "./cases/links.js";
import { MODIFY } from "./cases/modify.js";
import { READING } from "./cases/reading.js";
import { RELOCATE } from "./cases/relocate.js";
import { VALUES_AND_NAMES } from "./cases/values.js";
import { printMatrix } from "./matrix.js";
import { type Server, World } from "./world.js";

export const CASES: readonly WireCase[] = [
  ...ADD,
  ...MODIFY,
  ...LINKS,
  ...ACCOUNT,
  ...RELOCATE,
  ...READING,
  ...VALUES_AND_NAMES,
];

interface Seen {
  readonly code: number;
  readonly facts?: Fact;
}

/** Where Samba is known to answer otherwise than Active Directory. */
export interface Divergence {
  readonly case: string;
  readonly expected: Seen;
  readonly samba: Seen;
  readonly why: string;
  readonly citation: string;
}

export function readDivergences(): readonly Divergence[] {
  return parse(readFileSync(new URL("../divergences.yaml", import.meta.url), "utf8")) as Divergence[];
}

/** What is compared on every server: result code and facts. */
export function seenOf({ code, facts }: Expectation | Verdict): Seen {
  return { code, ...(facts === undefined ? {} : { facts }) };
}

/** Registers a test for each case, inside the caller's describe. `open` is called once, before the first. */
export function testWire(name: Server["name"], open: () => Promise<Server>): void {
  const divergences = new Map((name === "samba" ? readDivergences() : []).map((one) => [one.case, one]));
  const verdicts = new Map<string, Verdict>();
  let world: World | undefined;
  beforeAll(async () => {
    world = await World.open(await open());
  });
  afterAll(() => {
    world?.close();
    console.info(printMatrix(name, CASES, verdicts, new Set(divergences.keys())));
  });
  it.each(CASES.map((one) => [one.id, one] as const))("%s", async (_id, one) => {
    if (world === undefined) throw new Error("the server is not open");
    const verdict = await one.run(world);
    verdicts.set(one.id, verdict);
    const divergence = divergences.get(one.id);
    const seen = seenOf(verdict);
    if (divergence !== undefined) {
      expect(seen, "a listed divergence is gone: take it out of divergences.yaml").not.toEqual(seenOf(one.expected));
      expect(seen, `divergence: ${divergence.why}`).toEqual(divergence.samba);
      return;
    }
    expect(seen, one.source).toEqual(seenOf(one.expected));
    const { win32, reliedOn = false } = one.expected;
    if (win32 !== undefined && (name === "sandbox" || reliedOn)) expect(verdict.win32, one.source).toBe(win32);
  });
}
