import { codes } from "./entry.js";

export const FILE_CODES = codes({
  "MUS-1001": {
    title: "File is not valid YAML",
    who: "policy-author",
    next: "Correct the YAML at the place shown.",
    exit: 7,
  },
  "MUS-1002": {
    title: "File does not fit its schema",
    who: "policy-author",
    next: "Correct the key or value shown; schemas/ has the format.",
    exit: 7,
  },
  "MUS-1003": { title: "Unknown key", who: "policy-author", next: "Remove the key or correct its spelling.", exit: 7 },
  "MUS-1004": {
    title: "File is too large",
    who: "policy-author",
    next: "Split the file, or check whether it belongs here.",
    exit: 7,
  },
  "MUS-1005": {
    title: "Unquoted id",
    who: "policy-author",
    next: "Put the id in quotes, so that it stays the text it is.",
    exit: 7,
  },
  "MUS-1006": {
    title: "YAML anchor or alias where none is allowed",
    who: "policy-author",
    next: "Write the value out.",
    exit: 7,
  },
  "MUS-1007": {
    title: "Unknown kind or apiVersion",
    who: "policy-author",
    next: "Use apiVersion muster/v1 and a kind of docs/policies.md.",
    exit: 7,
  },
  "MUS-1008": {
    title: "File does not belong at its path",
    who: "operator",
    next: "Move the file to the path shown, or import again.",
    exit: 7,
  },
  "MUS-1009": {
    title: "Not a state repository",
    who: "operator",
    next: "Run the command inside a git repository with policies/ and state/, or name it with --repo.",
    exit: 7,
  },
  "MUS-1010": {
    title: "Workers do not match the source record",
    who: "operator",
    next: "Import the source again; files under state/workers are not edited by hand.",
    exit: 7,
  },
  "MUS-1011": { title: "Duplicate worker", who: "operator", next: "Keep one file per worker.", exit: 7 },
  "MUS-1012": {
    title: "Git failed",
    who: "operator",
    next: "Look at the message of git, mend the repository, run again.",
    exit: 1,
  },
  "MUS-1013": { title: "File is not UTF-8", who: "policy-author", next: "Save the file as UTF-8.", exit: 7 },
});
