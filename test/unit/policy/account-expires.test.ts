/** accountExpires from the policy to the op: what counts as never, what is written, and the end of a local day. */
import { describe, expect, it } from "vitest";
import type { Worker } from "../../../reconciler/model/files/index.js";
import { AD_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { memoryTarget } from "../../../reconciler/targets/memory/target.js";
import { workerFrom } from "../../golden/case-file.js";
import { EVERYBODY, policiesFrom } from "../../support/policies.js";
import { Simulation } from "../../support/simulation.js";

const AT = "2027-03-01T09:00+01:00";
const NEVER = "9223372036854775807";
const PEOPLE = "OU=People,DC=corp";
const RULE = `{ value: 'NumFromDate(EndOfDay([employment.lastDay], [timezone]))', onNull: clear }`;

const policies = (rule: string) =>
  policiesFrom(`${EVERYBODY}---
kind: Target
name: corp-ad
type: memory
base: DC=corp
forest: corp
managed: { accounts: ["${PEOPLE}"] }
claim: employeeNumber
---
kind: Mapping
name: people
target: corp-ad
account: provision
scope: everybody
lifecycle: standard
match: [{ attribute: employeeID, value: "[id]" }]
container: { default: { constant: "${PEOPLE}" } }
attributes:
  employeeID: { value: "[id]" }
  accountExpires: ${rule}
  sAMAccountName: { unique: { candidates: ["[id]"], within: target } }
  userPrincipalName: { unique: { candidates: ['Join("@", [id], "corp.example")'], within: all } }
  cn: { unique: { candidates: ["[id]"] } }
`);

/** The ops on accountExpires for somebody whose account holds `observed`: before and after. */
async function changesOf(observed: string | null, worker: Partial<Worker> & Record<string, unknown>, rule = RULE) {
  const target = memoryTarget({ ...AD_LIKE, name: "corp-ad", managed: { accounts: [PEOPLE] } });
  target.directory.addContainer(PEOPLE);
  const world = {
    policies: policies(rule),
    workers: [workerFrom("7", { name: "Anna Huber", from: "2024-01-08", ...worker }, undefined)],
    sources: {},
    targets: { "corp-ad": target },
    environment: "production",
  };
  const simulation = new Simulation(world);
  for (let runs = 0; runs < 3; runs++) await simulation.run(AT);
  const [account] = [...target.directory.records.values()].filter(({ kind }) => kind === "account");
  target.directory.editAccount(account?.anchor ?? "", { accountExpires: observed });
  const { ops } = await simulation.plan(AT, AT);
  return ops.flatMap(({ slot, before, after }) =>
    slot === "accountExpires" ? [[before.accountExpires, after.accountExpires]] : [],
  );
}

/** 1 April 2027, 00:00 in Berlin (UTC+2): 22:00 UTC on the day before. */
const BERLIN = "134510040000000000";
/** 1 April 2027, 00:00 in Auckland (UTC+13). */
const AUCKLAND = "134509644000000000";

describe("accountExpires", () => {
  it.each([null, "0", NEVER])("never is never: %s of an account without a last day stays", async (observed) => {
    expect(await changesOf(observed, {})).toEqual([]);
  });

  it.each([null, "0", NEVER])("from never (%s) to the end of the last day, where it ends", async (observed) => {
    expect(await changesOf(observed, { lastDay: "2027-03-31" })).toEqual([[observed, BERLIN]]);
    expect(await changesOf(BERLIN, { lastDay: "2027-03-31" })).toEqual([]);
    const away = { lastDay: "2027-03-31", timezone: "Pacific/Auckland" };
    expect(await changesOf(observed, away)).toEqual([[observed, AUCKLAND]]);
  });

  it("is cleared by 0, since no account goes without a value", async () => {
    expect(await changesOf(BERLIN, {})).toEqual([[BERLIN, "0"]]);
    expect(await changesOf(BERLIN, {}, `{ constant: "${NEVER}" }`)).toEqual([[BERLIN, NEVER]]);
  });

  it("one date is not another", async () => {
    expect(await changesOf(AUCKLAND, { lastDay: "2027-03-31" })).toEqual([[AUCKLAND, BERLIN]]);
  });
});
