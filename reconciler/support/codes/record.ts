import { codes } from "./entry.js";

export const RECORD_CODES = codes({
  "MUS-6001": {
    title: "Record could not be committed",
    who: "operator",
    next: "The record is kept; mend git, the next run commits it.",
    exit: 1,
  },
  "MUS-6002": { title: "Run record is damaged", who: "operator", next: "Restore the file from git history.", exit: 1 },
});
