/**
 * Whether the schema has the attributes that policies name: an update of one that it lacks could be planned and would fail,
 * account by account. One that some object holds is there; the schema is asked for the others only, by full reads only, since
 * an incremental one asks the same question as the full read before it.
 */
import type { Selection } from "../../model/observed.js";
import { MusterError } from "../../support/errors.js";
import { messageOf } from "./dial.js";
import { readSchema, type Schema } from "./doctor/schema.js";
import type { Place } from "./read.js";
import { type Entry, incomplete } from "./search.js";

/** Throws MUS-5004 with all names that the schema lacks. Where it cannot be read nothing is said: `doctor` says that. */
export async function requireAttributes(place: Place, selection: Selection, objects: readonly Entry[]): Promise<void> {
  const unseen = new Map([...selection.attributes, place.claim].map((name) => [name.toLowerCase(), name]));
  for (const { values } of objects) {
    for (const key of unseen.keys()) if (values.has(key)) unseen.delete(key);
    if (unseen.size === 0) return;
  }
  const schema = await askSchema(place, [...unseen.values()]);
  if (schema === null) return;
  const missing = [...unseen].filter(([key]) => !schema.has(key)).map(([, name]) => name);
  if (missing.length === 0) return;
  const what = `the directory's schema does not have what the policies name: ${missing.sort().join(", ")}`;
  const next =
    "Correct the name in the Mapping (or in match or claim), leave it out, or extend the schema of the forest: attributes " +
    "of Exchange come with its setup.";
  throw new MusterError("MUS-5004", { what, where: { target: place.session.options.target }, next });
}

async function askSchema({ session }: Place, names: readonly string[]): Promise<Schema> {
  const { schemaNamingContext } = session.rootDse;
  if (schemaNamingContext === null) return null;
  try {
    return await readSchema(session, schemaNamingContext, names);
  } catch (error) {
    if (error instanceof MusterError) throw error;
    throw incomplete(session, `the schema cannot be read: ${messageOf(error)}`, error);
  }
}
