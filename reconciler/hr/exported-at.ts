/**
 * When an export was made: given on the command line, or found in the file's name by the Source. Never the file's own
 * date, which a copy changes.
 */
import { DateTime } from "luxon";
import { RE2JS, RE2JSException } from "re2js";
import type { Source } from "../model/files/source.js";
import type { PolicyDocument } from "../model/policy.js";
import { isZone } from "../policy/time.js";
import { MusterError } from "../support/errors.js";
import { placeOf } from "./compile-source.js";
import { type Instant, readExportInstant, toInstant } from "./instant.js";

const BARE_DATE = /^\d{4}(-?)\d{2}\1\d{2}$/;

/**
 * `flag` is the text of --exported-at, an instant with offset. A bare date of the file's name takes `time` and `timezone`
 * of the Source. Throws MUS-2015 when nothing gives an instant, MUS-1108 and MUS-1206 for a Source that is wrong.
 */
export function resolveExportedAt(document: PolicyDocument<Source>, fileName: string, flag: string | null): Instant {
  if (flag !== null) {
    const instant = readExportInstant(flag);
    if (instant !== null) return instant;
    throw new MusterError("MUS-2015", {
      what: `--exported-at ${JSON.stringify(flag)} is not an instant`,
      next: "Write date, time and offset: 2026-11-20T18:00:00+01:00.",
    });
  }
  const rule = document.value.file?.exportedAt;
  if (rule === undefined)
    throw new MusterError("MUS-2015", {
      what: `Source ${document.value.name} does not say when its exports are made`,
      where: { file: fileName },
    });
  const zone = exportZone(document);
  const found = findInName(document, fileName);
  const instant = found === null ? null : readNameInstant(found, rule.time ?? "00:00", zone);
  if (instant !== null) return instant;
  const why =
    found === null ? `does not match ${rule.fromName}` : `holds ${JSON.stringify(found)}, which is no date or instant`;
  throw new MusterError("MUS-2015", { what: `The name of the file ${why}`, where: { file: fileName } });
}

/** Zone in which bare dates and the age of an export are counted. Throws MUS-1108 for an unknown one. */
export function exportZone(document: PolicyDocument<Source>): string {
  const zone = document.value.file?.exportedAt?.timezone ?? "UTC";
  if (isZone(zone)) return zone;
  throw new MusterError("MUS-1108", {
    what: `${JSON.stringify(zone)} is not a time zone`,
    where: placeOf(document, "/file/exportedAt/timezone"),
  });
}

/** The first group of the pattern (the whole match where there is none) in the last part of the path. */
function findInName(document: PolicyDocument<Source>, fileName: string): string | null {
  const pattern = document.value.file?.exportedAt?.fromName ?? "";
  const name = fileName.split(/[\\/]/).at(-1) ?? fileName;
  try {
    const matcher = RE2JS.compile(pattern).matcher(name);
    if (!matcher.find()) return null;
    return matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? null;
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    throw new MusterError("MUS-1206", {
      what: `fromName is not a regular expression: ${cause.message}`,
      where: placeOf(document, "/file/exportedAt/fromName"),
      cause,
    });
  }
}

/** ISO 8601, basic (20261120T060000Z) or extended; without an offset it is local time of the zone. */
function readNameInstant(text: string, time: string, zone: string): Instant | null {
  const digits = text.replaceAll("-", "");
  const full = BARE_DATE.test(text) ? `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}T${time}` : text;
  if (!/^\d{4}-?\d{2}-?\d{2}T\d{2}/.test(full)) return null;
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/.test(full.slice(full.indexOf("T")));
  return toInstant(DateTime.fromISO(full, hasOffset ? { setZone: true } : { zone }));
}
