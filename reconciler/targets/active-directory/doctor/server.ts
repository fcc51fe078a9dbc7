/** What the domain controller says of itself: levels, Recycle Bin, clock. */
import type { Check, Needs } from "../../../model/check.js";
import { compareClocks } from "../../doctor/clock.js";
import { ok, problem, unknown, warning } from "../../doctor/findings.js";
import { textOf, textsOf } from "../read.js";
import type { Entry } from "../search.js";
import type { Session } from "../session.js";
import { ask } from "./ask.js";

/** MS-ADTS 6.1.4.2 to 6.1.4.4. */
const LEVELS = ["2000", "2003 interim", "2003", "2008", "2008 R2", "2012", "2012 R2", "2016"];
/** Forest functional level that the Recycle Bin needs: 2008 R2. */
const RECYCLE_BIN_LEVEL = 4;

export const ROOT_DSE = [
  "currentTime",
  "defaultNamingContext",
  "configurationNamingContext",
  "schemaNamingContext",
  "domainFunctionality",
  "forestFunctionality",
  "dnsHostName",
  "vendorName",
];

export function examineLevels(rootDse: Entry): Check[] {
  const name = (attribute: string) => {
    const level = textOf(rootDse, attribute);
    return level === undefined ? null : (LEVELS[Number(level)] ?? `level ${level}`);
  };
  const domain = name("domainFunctionality");
  const forest = name("forestFunctionality");
  if (domain === null || forest === null)
    return [unknown("level", null, "the server does not tell its functional levels")];
  const what = `${textOf(rootDse, "dnsHostName") ?? "the server"}: domain ${domain}, forest ${forest}`;
  if (Number(textOf(rootDse, "forestFunctionality")) >= RECYCLE_BIN_LEVEL) return [ok("level", null, what)];
  const remedy = "Raise the forest functional level to 2008 R2 at least: below it there is no Recycle Bin.";
  return [warning("level", null, what, remedy)];
}

/** The feature is named by msDS-EnabledFeature of the partitions container (MS-ADTS 3.1.1.9). */
export async function examineRecycleBin(session: Session, rootDse: Entry, needs: Needs): Promise<Check[]> {
  const base = `CN=Partitions,${textOf(rootDse, "configurationNamingContext") ?? ""}`;
  const [entry] = await ask(session, { base, scope: "base", attributes: ["cn", "msDS-EnabledFeature"] });
  if (entry === undefined)
    return [unknown("recycle-bin", null, `${base} cannot be read, so it is not known whether the Recycle Bin is on`)];
  const features = textsOf(entry, "msDS-EnabledFeature");
  if (features.some((dn) => dn.toLowerCase().startsWith("cn=recycle bin feature,")))
    return [ok("recycle-bin", null, "is on")];
  const remedy =
    "Turn it on (Enable-ADOptionalFeature 'Recycle Bin Feature' -Scope ForestOrConfigurationSet); it cannot be turned off.";
  if (needs.verbs.includes("restore"))
    return [problem("recycle-bin", null, "is off, and the Target allows restore: nothing can be restored", remedy)];
  if (!needs.verbs.includes("delete"))
    return [ok("recycle-bin", null, "is off; the Target allows neither delete nor restore")];
  return [
    warning("recycle-bin", null, "is off: a deleted account comes back without its attributes, if at all", remedy),
  ];
}

/** `before` and `after`: this machine's clock around the question, in epoch milliseconds. */
export function examineClock(rootDse: Entry, before: number, after: number): Check[] {
  const time = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(textOf(rootDse, "currentTime") ?? "");
  if (time === null) return [unknown("clock", null, "the server does not tell the time")];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = time.slice(1).map(Number);
  const theirs = Date.UTC(year, month - 1, day, hour, minute, second);
  const remedy = "Synchronise the clocks of this machine and the domain controller (NTP).";
  return [compareClocks({ theirs, before, after, remedy })];
}
