import { codes } from "./entry.js";

export const IMPORT_CODES = codes({
  "MUS-2001": {
    title: "Export cannot be read",
    who: "operator",
    next: "Check the path and the permissions of the file.",
    exit: 7,
  },
  "MUS-2002": { title: "Export is empty", who: "hr", next: "Ask for a complete export; nothing was written.", exit: 7 },
  "MUS-2003": {
    title: "Export is not a CSV file",
    who: "hr",
    next: "Look at the file: a login or error page was probably saved in its place.",
    exit: 7,
  },
  "MUS-2004": {
    title: "Export has the wrong encoding",
    who: "hr",
    next: "Export as the encoding that the Source names, or correct the Source.",
    exit: 7,
  },
  "MUS-2005": {
    title: "Column is missing",
    who: "hr",
    next: "Export the column, or remove it from the Source.",
    exit: 7,
  },
  "MUS-2006": {
    title: "Row has the wrong number of fields",
    who: "hr",
    next: "Correct the row; a delimiter or quote is probably unescaped.",
    exit: 7,
  },
  "MUS-2007": {
    title: "Value is not a date of the Source's format",
    who: "hr",
    next: "Correct the date in HR, or the dateFormat of the Source.",
    exit: 7,
  },
  "MUS-2008": { title: "Required value is empty", who: "hr", next: "Fill the value in HR.", exit: 7 },
  "MUS-2009": { title: "Duplicate key in the export", who: "hr", next: "Make the key of each worker unique.", exit: 7 },
  "MUS-2010": {
    title: "Export shrank",
    who: "hr",
    next: "Ask for a complete export. If the people are really gone, see docs/runbook.md on shrinking sources.",
    exit: 7,
  },
  "MUS-2011": {
    title: "Too many keys changed at once",
    who: "hr",
    next: "Check whether the export uses another key than before.",
    exit: 7,
  },
  "MUS-2012": {
    title: "Column became empty",
    who: "hr",
    next: "Ask for a complete export, or set columnEmptied: allow for it.",
    exit: 7,
  },
  "MUS-2013": { title: "Export is too old", who: "operator", next: "Import a fresh export.", exit: 7 },
  "MUS-2014": {
    title: "Export is older than the last one imported",
    who: "operator",
    next: "Import a newer export.",
    exit: 7,
  },
  "MUS-2015": {
    title: "Time of the export is unknown",
    who: "operator",
    next: "Give --exported-at, or exportedAt.fromName in the Source.",
    exit: 7,
  },
  "MUS-2016": { title: "Unknown source", who: "operator", next: "Name a Source of policies/.", exit: 7 },
  "MUS-2017": {
    title: "Value cannot be used",
    who: "hr",
    next: "Correct the value in HR, or the mapping of the Source.",
    exit: 7,
  },
  "MUS-2018": { title: "Too many bad rows for the quarantine", who: "hr", next: "Correct the rows listed.", exit: 7 },
  "MUS-2019": {
    title: "Export dates from the future",
    who: "operator",
    next: "Check the clock, the file name and --exported-at.",
    exit: 7,
  },
});
