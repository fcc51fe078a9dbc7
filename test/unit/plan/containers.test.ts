import { describe, expect, it } from "vitest";
import { containerExists, missingContainers } from "../../../reconciler/plan/containers.js";
import type { TargetView } from "../../../reconciler/plan/subject.js";
import { sameAddress } from "../../../reconciler/plan/view.js";
import type { CompiledTarget } from "../../../reconciler/policy/compiled.js";
import { AD_LIKE } from "../../../reconciler/targets/memory/presets.js";

const PEOPLE = "OU=People,DC=corp,DC=example";
const STAFF = `OU=Staff,${PEOPLE}`;

/** Only what containers are judged by: the base and these containers exist. */
function viewOf(createContainers: boolean | undefined, ...existing: readonly string[]): TargetView {
  const managed = { accounts: [PEOPLE] };
  const target = { capabilities: AD_LIKE.capabilities, document: { value: { managed, createContainers } } };
  const same = sameAddress(target as unknown as CompiledTarget);
  const containers = new Set(["DC=corp,DC=example", ...existing].map(same));
  return { target, containers } as unknown as TargetView;
}

describe("missingContainers", () => {
  it("is empty where the container is there, however its name is written", () => {
    expect(missingContainers(viewOf(undefined, PEOPLE, STAFF), "ou=staff, OU=People,DC=CORP,DC=example")).toEqual([]);
    expect(missingContainers(viewOf(true, PEOPLE), PEOPLE)).toEqual([]);
  });

  it("names what is to be made, outermost first", () => {
    const graz = `OU=Graz,OU=Legal\\, Trade,${STAFF}`;
    expect(missingContainers(viewOf(true, PEOPLE, STAFF), graz)).toEqual([`OU=Legal\\, Trade,${STAFF}`, graz]);
  });

  it("is null where the Target does not say that they may be made", () => {
    expect(missingContainers(viewOf(undefined, PEOPLE, STAFF), `OU=Graz,${STAFF}`)).toBeNull();
    expect(missingContainers(viewOf(false, PEOPLE, STAFF), `OU=Graz,${STAFF}`)).toBeNull();
  });

  it.each([
    ["a managed container itself", viewOf(true), `OU=Graz,${PEOPLE}`],
    ["what lies outside the managed containers", viewOf(true, PEOPLE), "OU=Vendors,DC=corp,DC=example"],
    ["what is no organizational unit", viewOf(true, PEOPLE), `CN=Graz,${PEOPLE}`],
    ["a unit below what is none", viewOf(true, PEOPLE), `OU=Graz,CN=Box,${PEOPLE}`],
    ["a unit without a name", viewOf(true, PEOPLE), `OU=,${PEOPLE}`],
  ])("never makes %s", (_, view, container) => {
    expect(missingContainers(view, container)).toBeNull();
  });
});

it("containerExists asks for the very container", () => {
  const view = viewOf(true, PEOPLE, STAFF);
  expect(containerExists(view, STAFF.toLowerCase())).toBe(true);
  expect(containerExists(view, `OU=Graz,${STAFF}`)).toBe(false);
});
