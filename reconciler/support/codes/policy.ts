import { codes } from "./entry.js";

export const POLICY_CODES = codes({
  "MUS-1101": {
    title: "Duplicate policy name",
    who: "policy-author",
    next: "Give each policy of a kind its own name.",
    exit: 7,
  },
  "MUS-1102": {
    title: "Unknown reference between policies",
    who: "policy-author",
    next: "Correct the name, or add the policy it names.",
    exit: 7,
  },
  "MUS-1103": {
    title: "Expression is not quoted",
    who: "policy-author",
    next: "Write the expression as a block scalar (|-) or in single quotes, as shown.",
    exit: 7,
  },
  "MUS-1104": {
    title: "Path that no source maps",
    who: "policy-author",
    next: "Map the path in a Source, or correct its spelling.",
    exit: 7,
  },
  "MUS-1105": {
    title: "Two mappings of one target catch the same identity",
    who: "policy-author",
    next: "Make the scopes of the two mappings disjoint.",
    exit: 7,
  },
  "MUS-1106": {
    title: "Mappings depend on each other in a circle",
    who: "policy-author",
    next: "Break the circle of account references.",
    exit: 7,
  },
  "MUS-1107": {
    title: "Environment variable is missing or not allowed",
    who: "operator",
    next: "Set the variable; its name must begin with MUSTER_.",
    exit: 7,
  },
  "MUS-1108": {
    title: "Invalid time zone",
    who: "policy-author",
    next: "Use an IANA time zone name such as Europe/Berlin.",
    exit: 7,
  },
  "MUS-1109": {
    title: "Policy asks for what the target cannot do",
    who: "policy-author",
    next: "Remove the setting, or choose a target that can.",
    exit: 7,
  },
  "MUS-1110": {
    title: "Setting has no meaning here",
    who: "policy-author",
    next: "Correct the setting shown.",
    exit: 7,
  },
  "MUS-1111": {
    title: "Malformed age recipient",
    who: "policy-author",
    next: 'Copy the whole recipient (age1...), as age-keygen prints it after "Public key:".',
    exit: 7,
  },
});
