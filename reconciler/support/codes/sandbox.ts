import { codes } from "./entry.js";

export const SANDBOX_CODES = codes({
  "MUS-8001": {
    title: "Sandbox data cannot be read",
    who: "operator",
    next: "Delete the folder of the sandbox and start again.",
    exit: 1,
  },
  "MUS-8002": { title: "Sandbox cannot listen", who: "operator", next: "Choose another port.", exit: 1 },
  "MUS-8003": {
    title: "Sandbox folder is in use",
    who: "operator",
    next: "Stop the other sandbox, or choose another folder.",
    exit: 1,
  },
});
