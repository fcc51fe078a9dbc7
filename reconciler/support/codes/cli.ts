import { codes } from "./entry.js";

export const CLI_CODES = codes({
  "MUS-7001": { title: "Command line is wrong", who: "operator", next: "See muster --help.", exit: 7 },
  "MUS-7002": { title: "Nothing of that name", who: "operator", next: "Check the name.", exit: 7 },
  "MUS-9001": {
    title: "Muster is wrong",
    who: "developer",
    next: "Report this with the code and what you did.",
    exit: 1,
  },
});
