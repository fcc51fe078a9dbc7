/**
 * Invented people of an invented company, or people of a file, as an HR system exports them: the same rows for the same
 * size on every machine. Managers form a tree about six deep, one in twenty has left, one in a hundred starts within a
 * few weeks, a few come back under a new number, and the company works in ten time zones.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { addDays } from "../../reconciler/policy/time.js";

/** The day of the export, ISO. */
export const TODAY = "2026-11-21";

export const COLUMNS = [
  "EmployeeID",
  "PersonID",
  "WorkerType",
  "FirstName",
  "LastName",
  "HireDate",
  "LastDay",
  "Status",
  "JobTitle",
  "Department",
  "City",
  "Country",
  "TimeZone",
  "CostCenter",
  "ManagerID",
  "Phone",
  "Email",
] as const;

export type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

/** The column names of a file that MUSTER_BENCH_DATA gives; further columns are ignored. */
type FileRow = Readonly<
  Record<"id" | "given" | "family" | "hireDate" | "department" | "title" | "managerId" | "lastDay" | "status", string>
>;

const GIVEN =
  "Ada,Aiko,Alejandro,Amélie,Anders,Anjali,Anna,António,Bao,Beatriz,Björn,Carlos,Chiara,Chloé,Daniel,Deniz,Diego,Elif,Emeka,Emma,Eszter,Fatima,Felix,Fiona,Gabriela,Giorgos,Grace,Hana,Hassan,Helga,Ines,Ivan,Jakub,James,Jana,João,José,Julia,Kofi,Lars,Leila,Lena,Liam,Lucía,Łukasz,Maja,Marco,María,Mateo,Mei,Mohamed,Nadia,Niamh,Noah,Nguyen,Ólafur,Olga,Oliver,Omar,Paula,Pedro,Priya,Rafael,Ravi,Renée,Rosa,Saoirse,Sara,Siobhán,Sofia,Søren,Tariq,Thandi,Tomás,Ulrike,Valentina,Viktor,Wei,William,Yara,Youssef,Yuki,Zeynep,Zoë".split(
    ",",
  );
const STEMS =
  "Acker,Anders,Baran,Berg,Bianch,Castel,Chen,Dal,Eber,Fern,Fischer,Garc,Grün,Haug,Hernánd,Iver,Jans,Kamar,Kovác,Lind,Løken,Mac,Mar,Müll,Naka,Nov,Oku,Ortiz,Pap,Petr,Quint,Ross,Sant,Schön,Sil,Tanak,Torr,Ueda,Vald,Weber,Wójc,Yama,Zimm".split(
    ",",
  );
const ENDINGS =
  "a,ak,al,an,ana,ar,ard,asso,berg,by,dal,du,ea,eau,ek,el,ell,en,er,ero,es,esen,etti,ez,feld,gaard,hof,i,ic,ik,in,ini,ino,is,ka,land,lin,mann,moto,nen,o,off,ou,ova,rup,s,sen,ski,son,stein,ström,ura,vic,wald,y,yan,é,ón,ő".split(
    ",",
  );
const DEPARTMENTS =
  "Sales,Engineering,Production,Finance,Human Resources,Marketing,Support,Research,Logistics,Legal".split(",");
const RANKS = "Associate,Specialist,Senior Specialist,Engineer,Senior Engineer,Analyst,Coordinator,Consultant".split(
  ",",
);
const PLACES = [
  ["Berlin", "DE", "Europe/Berlin"],
  ["Munich", "DE", "Europe/Berlin"],
  ["London", "GB", "Europe/London"],
  ["Paris", "FR", "Europe/Paris"],
  ["New York", "US", "America/New_York"],
  ["Seattle", "US", "America/Los_Angeles"],
  ["Denver", "US", "America/Denver"],
  ["Sydney", "AU", "Australia/Sydney"],
  ["Auckland", "NZ", "Pacific/Auckland"],
  ["Tokyo", "JP", "Asia/Tokyo"],
  ["São Paulo", "BR", "America/Sao_Paulo"],
] as const;

/** People who report to one manager. */
const SPAN = 8;

/** The rows of a company of this size, by number. */
export function generateWorkers(size: number): Row[] {
  const random = randomFrom(size);
  return Array.from({ length: size }, (_, index) => {
    const hired = random() < 0.01 ? addDays(TODAY, 1 + below(random, 20)) : addDays(TODAY, -1 - below(random, 9000));
    const left = random() < 0.05 && hired < TODAY && index >= size / SPAN;
    const returned = index > 0 && random() < 0.003;
    return completeRow(random, {
      id: String(100_000 + index),
      person: returned ? index - 1 : index,
      given: pick(random, GIVEN),
      family: `${pick(random, STEMS)}${pick(random, ENDINGS)}`,
      hireDate: hired,
      lastDay: left ? leavingDay(random, hired) : "",
      department: pick(random, DEPARTMENTS),
      title: index < size / SPAN ? "Manager" : pick(random, RANKS),
      managerId: index === 0 ? "" : String(100_000 + Math.floor((index - 1) / SPAN)),
    });
  });
}

/** The same, where everybody works and is one person: each is created once. */
export function generateActiveWorkers(size: number): Row[] {
  return generateWorkers(size).map((row, i) => ({
    ...row,
    PersonID: `p-${i}`,
    HireDate: row.HireDate < "2026-11-01" ? row.HireDate : "2026-10-01",
    LastDay: "",
    Status: "Active",
  }));
}

/** The first rows of a gzipped CSV file, completed with what it does not hold. Throws RangeError when it has fewer. */
export function readWorkers(path: string, size: number): Row[] {
  const options = { columns: true, to: size } as const;
  const rows = parse(gunzipSync(readFileSync(path)), options) as unknown as FileRow[];
  if (rows.length < size) throw new RangeError(`${path} has ${rows.length} rows, not ${size}`);
  const ids = new Set(rows.map((row) => row.id));
  const random = randomFrom(size);
  return rows.map((row, index) =>
    completeRow(random, { ...row, person: index, managerId: ids.has(row.managerId) ? row.managerId : "" }),
  );
}

interface Core {
  readonly id: string;
  readonly person: number;
  readonly given: string;
  readonly family: string;
  readonly hireDate: string;
  readonly lastDay: string;
  readonly department: string;
  readonly title: string;
  readonly managerId: string;
}

function completeRow(random: () => number, core: Core): Row {
  const [city, country, zone] = pick(random, PLACES);
  return {
    EmployeeID: core.id,
    PersonID: `p-${core.person}`,
    WorkerType: random() < 0.05 ? "contingent" : "employee",
    FirstName: core.given,
    LastName: core.family,
    HireDate: core.hireDate,
    LastDay: core.lastDay,
    Status: core.lastDay !== "" && core.lastDay < TODAY ? "Terminated" : "Active",
    JobTitle: core.title,
    Department: core.department,
    City: city,
    Country: country,
    TimeZone: zone,
    CostCenter: String(4000 + below(random, 400)),
    ManagerID: core.managerId,
    Phone: random() < 0.3 ? "" : `+49 30 ${1_000_000 + below(random, 8_999_999)}`,
    Email: `e${core.id}@corp.example`,
  };
}

/** Two of three left within the last three months, some will leave within the next weeks. */
function leavingDay(random: () => number, hired: string): string {
  const days = random() < 0.67 ? 20 - below(random, 110) : -90 - below(random, 600);
  const day = addDays(TODAY, days);
  return day < hired ? hired : day;
}

export function toCsv(rows: readonly Row[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(","));
  return `${[COLUMNS.join(","), ...lines].join("\n")}\n`;
}

/** Numbers in [0, 1), the same for a seed on every machine (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function below(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[below(random, list.length)] as T;
}
