/** What must be read of a target to plan it: the attributes that mappings name and the groups that policies and the ledger know. */
import { compareText } from "../model/identity.js";
import type { Ledger } from "../model/ledger.js";
import type { Anchor, Selection } from "../model/observed.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import { CONSISTENCY_GUID, stampsGuid } from "../policy/consistency-guid.js";
import { linkAttributes } from "./link.js";

export function selectionFor(policy: CompiledPolicy, target: string, ledger: Ledger): Selection {
  const stamped = policy.targets.some((one) => one.name === target && stampsGuid(one));
  const attributes = new Set<string>(stamped ? [CONSISTENCY_GUID] : []);
  const groups = new Map<string, string | null>();
  const licences = new Set<string>();
  const known = (name: string) => ledger.groups.get(`${target}|${name}`) ?? null;
  for (const mapping of policy.mappings.filter((m) => m.target === target)) {
    for (const rule of mapping.attributes) attributes.add(rule.name);
    for (const match of mapping.match) attributes.add(match.attribute);
    for (const { group, licence } of mapping.entitlements) {
      if (licence === null) groups.set(group, known(group));
      else licences.add(group);
    }
  }
  for (const entry of policy.guards.flatMap((document) => document.value.protected ?? [])) {
    if ("group" in entry && entry.target === target && !groups.has(entry.group))
      groups.set(entry.group, known(entry.group));
  }
  for (const entry of ledger.entries.values()) {
    if (entry.target !== target) continue;
    for (const [anchor, { group, disabledPlans }] of Object.entries(entry.current?.memberships ?? {})) {
      if (disabledPlans === undefined) groups.set(group, anchor);
      else licences.add(anchor);
    }
  }
  const { capabilities } = policy.targets.find((one) => one.name === target) ?? {};
  if (licences.size > 0) for (const name of capabilities?.licenceNeeds ?? []) attributes.add(name);
  for (const name of linkAttributes(policy, target)) attributes.add(name);
  const anchors = concernsDeleted(policy, target) ? knownAnchors(target, ledger) : [];
  return {
    ...(anchors.length === 0 ? {} : { anchors }),
    attributes: [...attributes].sort(compareText),
    ...(licences.size === 0 ? {} : { licences: [...licences].sort(compareText) }),
    groups: [...groups].map(([name, anchor]) => ({ name, anchor })).sort((a, b) => compareText(a.name, b.name)),
  };
}

function concernsDeleted(policy: CompiledPolicy, target: string): boolean {
  const allow = policy.targets.find(({ name }) => name === target)?.document.value.allow ?? [];
  return allow.includes("restore") || allow.includes("purge");
}

/** Bound accounts, and those that the lifecycle deleted. */
function knownAnchors(target: string, ledger: Ledger): Anchor[] {
  const anchors = new Set<Anchor>();
  for (const entry of ledger.entries.values()) {
    if (entry.target !== target) continue;
    if (entry.current !== null) anchors.add(entry.current.anchor);
    for (const { anchor, why } of entry.former) if (why === "deleted") anchors.add(anchor);
  }
  return [...anchors].sort(compareText);
}
