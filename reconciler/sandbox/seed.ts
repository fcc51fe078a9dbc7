/**
 * Who is in the directory before Muster comes. The default people are a part of the AdventureWorks sample (MIT licence,
 * Microsoft): most fit the HR data, some titles are outdated, two are not in HR at all, and one has no employeeID but the
 * mail address that HR knows.
 */
export interface SeedPerson {
  readonly given: string;
  readonly family: string;
  readonly sAMAccountName: string;
  readonly employeeID?: string;
  readonly mail?: string;
  readonly title?: string;
  readonly department?: string;
  readonly company?: string;
  readonly telephoneNumber?: string;
  /** sAMAccountName of a person earlier in the list. */
  readonly manager?: string;
  /** cn of groups in OU=Groups. */
  readonly groups?: readonly string[];
  /** Container below OU=People; "Staff" when left out. */
  readonly container?: "Staff" | "Joiners" | "Leavers";
  readonly enabled: boolean;
}

type Row = readonly [
  id: string,
  given: string,
  family: string,
  name: string,
  title: string,
  department: string,
  manager: string,
  groups: string,
];

const COMPANY = "Adventure Works";

const ROWS: readonly Row[] = [
  ["1", "Ken", "Sánchez", "ken0", "Chief Executive Officer", "Executive", "", "VPN Users"],
  ["2", "Terri", "Duffy", "terri0", "Vice President of Engineering", "Engineering", "ken0", "Engineering,VPN Users"],
  [
    "3",
    "Roberto",
    "Tamburello",
    "roberto0",
    "Senior Design Engineer",
    "Engineering",
    "terri0",
    "Engineering,VPN Users",
  ],
  ["4", "Rob", "Walters", "rob0", "Tool Designer", "Tool Design", "roberto0", "Engineering"],
  [
    "7",
    "Dylan",
    "Miller",
    "dylan0",
    "Research and Development Manager",
    "Research and Development",
    "roberto0",
    "Engineering",
  ],
  ["9", "Gigi", "Matthew", "gigi0", "Research Engineer", "Research and Development", "dylan0", "Engineering"],
  ["12", "Thierry", "D'Hers", "thierry0", "Tool Designer", "Tool Design", "", "Engineering"],
  ["16", "David", "Bradley", "david0", "Marketing Assistant", "Marketing", "ken0", "Sales Drive"],
  ["25", "James", "Hamilton", "james1", "Vice President of Production", "Production", "ken0", "VPN Users"],
  ["222", "A. Scott", "Wright", "ascott0", "Scheduling Assistant", "Production Control", "james1", ""],
  ["250", "Sheela", "Word", "sheela0", "Purchasing Manager", "Purchasing", "", ""],
  ["270", "François", "Ajenstat", "françois0", "Database Administrator", "Information Services", "", "VPN Users"],
  ["", "Brian", "Welcker", "brian3", "Vice President of Sales", "Sales", "ken0", "Sales Drive,VPN Users"],
];

/** Not in any HR system: an account for a guest auditor, and one that somebody forgot. */
const STRANGERS: readonly SeedPerson[] = [
  {
    given: "Petra",
    family: "Novotná",
    sAMAccountName: "novotna.p",
    mail: "petra.novotna@auditors.example",
    title: "External Auditor",
    company: "Novotná Audit s.r.o.",
    groups: ["Finance Reports"],
    enabled: true,
  },
  { given: "Test", family: "Kiosk", sAMAccountName: "kiosk-test", groups: ["Sales Drive"], enabled: true },
];

/** The people of the default seed. */
export const DEFAULT_SEED: readonly SeedPerson[] = [...ROWS.map(readRow), ...STRANGERS];

function readRow([id, given, family, name, title, department, manager, groups]: Row): SeedPerson {
  return {
    given,
    family,
    sAMAccountName: name,
    ...(id === "" ? {} : { employeeID: id }),
    mail: `${name}@adventure-works.com`,
    title,
    department,
    company: COMPANY,
    ...(manager === "" ? {} : { manager }),
    groups: ["All Staff", ...groups.split(",").filter((group) => group !== "")],
    enabled: true,
  };
}
