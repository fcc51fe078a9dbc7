import { codes } from "./entry.js";

export const APPLY_CODES = codes({
  "MUS-4001": { title: "Plan is stale", who: "operator", next: "Make a new plan and have it approved.", exit: 5 },
  "MUS-4002": { title: "Plan is expired", who: "operator", next: "Make a new plan.", exit: 5 },
  "MUS-4003": { title: "Plan was already used", who: "operator", next: "Make a new plan.", exit: 5 },
  "MUS-4004": {
    title: "Another run holds the lease",
    who: "operator",
    next: "Wait for the other run; a lease left by a crash is taken over when its process is gone.",
    exit: 6,
  },
  "MUS-4005": {
    title: "Journal is damaged",
    who: "operator",
    next: "Keep the file for the record, then plan again: the next run re-reads the target.",
    exit: 1,
  },
  "MUS-4006": {
    title: "Plan is for the future",
    who: "operator",
    next: "Apply it when its as-of instant has come.",
    exit: 5,
  },
  "MUS-4007": {
    title: "Clock may not be set here",
    who: "operator",
    next: "Leave --clock away; it is only for sandboxes.",
    exit: 7,
  },
  "MUS-4008": {
    title: "Too many ops went stale",
    who: "operator",
    next: "Make a new plan and have it approved.",
    exit: 5,
  },
});
