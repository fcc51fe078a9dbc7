/** The policies of the other benchmark, for a real domain and in stages: each stage makes one kind of change. */
import { POLICY_FILES } from "../policies.js";

export const BASE = "DC=corp,DC=example";
const STAFF = `OU=Staff,OU=People,${BASE}`;
/** Where everybody is moved. */
export const NEW_CONTAINER = `OU=Campus,OU=People,${BASE}`;

export const STAGES = ["creates", "memberships", "modifies", "moves"] as const;
export type Stage = (typeof STAGES)[number];

const COMPANY = "policies/company.yaml";
const PEOPLE = "policies/people.yaml";

const TARGET = `type: active-directory
sandbox: false
url: env:MUSTER_AD_URL
caFile: env:MUSTER_AD_CA
bind:
  user: env:MUSTER_AD_USER
  password: env:MUSTER_AD_PASSWORD
`;

/** First loads, a new title for everybody, everybody to another building: limits would refuse all of that. */
const GUARDS = `---
apiVersion: muster/v1
kind: Guards
name: default
limits:
${["create", "update", "move", "enable"].map((verb) => `  - { verb: ${verb}, max: 1000000, maxShare: 100%, minPopulation: 1 }`).join("\n")}
`;

/** Policy files as they are when this stage is planned. */
export function policiesOf(stage: Stage): Record<string, string> {
  const company = fileOf(COMPANY).replace("type: memory\nsandbox: true\n", TARGET);
  const documents = company.split("---\n").filter((text) => stage !== "creates" || !text.includes("kind: Entitlement"));
  const people = fileOf(PEOPLE);
  return {
    ...POLICY_FILES,
    [COMPANY]: `${documents.join("---\n").trimEnd()}\n${GUARDS}`,
    [PEOPLE]: stage === "moves" ? people.replace(`constant: ${STAFF}`, `constant: ${NEW_CONTAINER}`) : people,
  };
}

function fileOf(path: string): string {
  const text = POLICY_FILES[path];
  if (text === undefined) throw new Error(`${path} is no policy file`);
  return text;
}
