import { codes } from "./entry.js";

export const TARGET_CODES = codes({
  "MUS-5001": {
    title: "Target cannot be reached",
    who: "operator",
    next: "Check the address, the network and the service.",
    exit: 1,
  },
  "MUS-5002": {
    title: "Target refused the credentials",
    who: "operator",
    next: "Check the user and password the Target names.",
    exit: 1,
  },
  "MUS-5003": {
    title: "Read of the target is incomplete",
    who: "operator",
    next: "Nothing was planned. Look at the permissions of the account, then run again.",
    exit: 1,
  },
  "MUS-5004": {
    title: "Target does not know an attribute",
    who: "policy-author",
    next: "Correct the attribute name, or extend the schema of the directory.",
    exit: 7,
  },
  "MUS-5005": {
    title: "Object changed since the plan",
    who: "operator",
    next: "Plan again; the other change was kept.",
    exit: 4,
  },
  "MUS-5006": {
    title: "Target refused the write",
    who: "directory-admin",
    next: "Look at the reason the target gave.",
    exit: 4,
  },
  "MUS-5007": {
    title: "Outcome of a write is unknown",
    who: "operator",
    next: "Run again; the object is read before anything else is done to it.",
    exit: 8,
  },
  "MUS-5008": {
    title: "Secrets cannot be kept",
    who: "operator",
    next: "Correct the folder that secrets.path of the Target names; nothing was written.",
    exit: 1,
  },
  "MUS-5101": { title: "LDAP protocol error", who: "directory-admin", next: "Look at the result code.", exit: 1 },
  "MUS-5201": {
    title: "Graph leads to another host",
    who: "operator",
    next: "Nothing was sent there. Check the graph address of the Target, and what stands between here and Graph.",
    exit: 1,
  },
  "MUS-5202": {
    title: "Tenant denies the application a write",
    who: "directory-admin",
    next: "Run muster doctor target NAME, which says what permission is missing. Holders of directory roles are protected.",
    exit: 4,
  },
  "MUS-5203": {
    title: "Tenant is not the master of what was to be written",
    who: "policy-author",
    next: "Change it where it is mastered: in Active Directory, or in Exchange.",
    exit: 4,
  },
  "MUS-5204": {
    title: "Licence cannot be changed",
    who: "directory-admin",
    next: "Look at the seats of the licence, at its service plans and at the usageLocation of the user.",
    exit: 4,
  },
  "MUS-5205": {
    title: "Quota of the tenant is used up",
    who: "operator",
    next: "Run again later; what was not written is planned again.",
    exit: 4,
  },
  "MUS-5206": {
    title: "Graph gave an unexpected reply",
    who: "developer",
    next: "Report it with the request id; Microsoft's support finds the request by it.",
    exit: 1,
  },
});
