/** Instants as HR exports write them: ISO 8601 with an offset, to the minute or finer. */
import { DateTime } from "luxon";
import { readInstant } from "../policy/time.js";

export interface Instant {
  /** Seconds always written, milliseconds only where there are some; the offset as given. */
  readonly text: string;
  readonly epochMs: number;
}

/** Null for text without an offset, and for a day or an hour that does not exist. */
export function readExportInstant(text: string): Instant | null {
  if (readInstant(text) === null) return null;
  return toInstant(DateTime.fromISO(text, { setZone: true }));
}

export function toInstant(value: DateTime): Instant | null {
  const text = value.toISO({ suppressMilliseconds: true });
  return text === null ? null : { text, epochMs: value.toMillis() };
}
