import { codes } from "./entry.js";

export const PLAN_CODES = codes({
  "MUS-3001": {
    title: "A guard refused the plan",
    who: "operator",
    next: "Read the guard's verdict; if the changes are wanted, commit an Override or a Bootstrap.",
    exit: 3,
  },
  "MUS-3002": {
    title: "As-of instant has no offset",
    who: "operator",
    next: "Write the instant with its offset, for instance 2026-12-01T09:00-08:00.",
    exit: 7,
  },
  "MUS-3003": {
    title: "Two ledger entries claim one object",
    who: "operator",
    next: "Run muster ledger rebuild, or correct the ledger by hand.",
    exit: 7,
  },
  "MUS-3004": { title: "Plan file cannot be read", who: "operator", next: "Make a new plan.", exit: 7 },
  "MUS-3005": {
    title: "Plan of uncommitted files cannot be saved",
    who: "operator",
    next: "Commit the files and plan again.",
    exit: 7,
  },
});
