/** Names over several directories: two domains of one forest, and another forest. */
import { describe, expect, it } from "vitest";
import { AD_LIKE } from "../../reconciler/targets/memory/presets.js";
import { memoryTarget } from "../../reconciler/targets/memory/target.js";
import { workerFrom } from "../golden/case-file.js";
import { policiesFrom } from "../support/policies.js";
import { Simulation } from "../support/simulation.js";

const DOMAINS = { "corp-de": "DC=de,DC=corp", "corp-us": "DC=us,DC=corp", partner: "DC=partner" } as const;
type Domain = keyof typeof DOMAINS;
const FOREST: Record<Domain, string> = { "corp-de": "corp", "corp-us": "corp", partner: "partner" };
const AT = "2026-03-02T09:00+01:00";

const mapping = (target: Domain, within: string, candidates: string) => `kind: Mapping
name: people-${target}
target: ${target}
account: provision
scope: country-${target}
lifecycle: standard
match: [{ attribute: employeeID, value: "[id]" }]
container: { default: { constant: "OU=People,${DOMAINS[target]}" } }
attributes:
  employeeID: { value: "[id]" }
  sAMAccountName: { unique: { candidates: [${candidates}], counter: true, within: ${within} } }
  userPrincipalName: { unique: { candidates: ['Join("@", [account.sAMAccountName], "corp.example")'], counter: true, within: all } }
  cn: { unique: { candidates: ['Join(" ", [name.given], [name.family])'], counter: true } }
`;

const target = (name: Domain) => `kind: Target
name: ${name}
type: memory
base: ${DOMAINS[name]}
forest: ${FOREST[name]}
managed: { accounts: ["OU=People,${DOMAINS[name]}"] }
claim: employeeNumber
`;

const scope = (name: Domain) => `kind: Scope
name: country-${name}
any:
  - { attribute: job.country, operator: EQUALS, value: "${name}" }
  - { attribute: job.country, operator: EQUALS, value: everywhere }
`;

function world(within: string, people: Readonly<Record<string, { name: string; country: string }>>) {
  const names = Object.keys(DOMAINS) as Domain[];
  const login = "'ToLower(Append(Left([name.given], 1), [name.family]))'";
  const policies = policiesFrom(
    [
      `kind: Environment\nname: production\ntargets: [${names.join(", ")}]\nrecords: { branch: main }\n`,
      ...names.map(target),
      ...names.map(scope),
      "kind: Lifecycle\nname: standard\nactive: { account: enabled, create: true }\nleft: { account: disabled }\n",
      ...names.map((name) => mapping(name, within, login)),
    ].join("---\n"),
  );
  const targets = Object.fromEntries(
    names.map((name, i) => {
      const managed = { accounts: [`OU=People,${DOMAINS[name]}`] };
      return [name, memoryTarget({ ...AD_LIKE, name, managed, seed: i + 1 })];
    }),
  );
  const workers = Object.entries(people).map(([id, { name, country }]) =>
    workerFrom(id, { name, from: "2026-01-01", job: { country } }, undefined),
  );
  const simulation = new Simulation({ policies, workers, sources: {}, targets, environment: "production" });
  return { simulation, targets };
}

type World = ReturnType<typeof world>;
const namesIn = ({ targets }: World, name: Domain, attribute: string) =>
  [...(targets[name]?.directory.records.values() ?? [])].map((record) => record.attributes[attribute]).sort();

describe("several directories", () => {
  const people = {
    1: { name: "Anna Huber", country: "corp-de" },
    2: { name: "Anton Huber", country: "corp-us" },
    3: { name: "Albert Huber", country: "partner" },
  };

  it("within forest: the domains of one forest share names, another forest does not", async () => {
    const w = world("forest", people);
    await w.simulation.run(AT);
    expect(namesIn(w, "corp-de", "sAMAccountName")).toEqual(["ahuber"]);
    expect(namesIn(w, "corp-us", "sAMAccountName")).toEqual(["ahuber2"]);
    expect(namesIn(w, "partner", "sAMAccountName")).toEqual(["ahuber"]);
    // userPrincipalName is `within: all`: the partner's is made of a login that is taken elsewhere, and gets the next number.
    expect(namesIn(w, "partner", "userPrincipalName")).toEqual(["ahuber3@corp.example"]);
    const all = (Object.keys(DOMAINS) as Domain[]).flatMap((name) => namesIn(w, name, "userPrincipalName"));
    expect(new Set(all).size).toBe(3);
    expect((await w.simulation.plan(AT)).ops).toEqual([]);
  });

  it("within all: no directory has the same twice; within target: each is its own", async () => {
    const all = world("all", people);
    await all.simulation.run(AT);
    const given = (Object.keys(DOMAINS) as Domain[]).flatMap((name) => namesIn(all, name, "sAMAccountName"));
    expect(given).toEqual(["ahuber", "ahuber2", "ahuber3"]);
    const own = world("target", people);
    await own.simulation.run(AT);
    for (const name of Object.keys(DOMAINS) as Domain[])
      expect(namesIn(own, name, "sAMAccountName")).toEqual(["ahuber"]);
  });

  it("a name that somebody unmanaged has in the other domain of the forest is taken; in another forest it is not", async () => {
    const w = world("forest", {
      1: { name: "Anna Huber", country: "corp-de" },
      3: { name: "Albert Huber", country: "partner" },
    });
    w.targets["corp-us"]?.directory.addOther({
      attributes: { cn: "printer", sAMAccountName: "AHuber" },
      container: "OU=People,DC=us,DC=corp",
    });
    await w.simulation.run(AT);
    expect(namesIn(w, "corp-de", "sAMAccountName")).toEqual(["ahuber2"]);
    expect(namesIn(w, "partner", "sAMAccountName")).toEqual(["ahuber"]);
  });

  it("somebody with an account in each keeps one name in all: it is not taken by oneself", async () => {
    const w = world("all", { 1: { name: "Anna Huber", country: "everywhere" } });
    await w.simulation.run(AT);
    for (const name of Object.keys(DOMAINS) as Domain[]) expect(namesIn(w, name, "sAMAccountName")).toEqual(["ahuber"]);
    expect((await w.simulation.plan(AT)).ops).toEqual([]);
  });
});
