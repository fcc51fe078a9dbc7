/** What must be read of a target to plan it: the attributes that mappings name and the groups that policies and the ledger know. */
import { compareText } from "../model/identity.js";
import type { Ledger } from "../model/ledger.js";
import type { Selection } from "../model/observed.js";
import type { CompiledPolicy } from "../policy/compiled.js";

export function selectionFor(policy: CompiledPolicy, target: string, ledger: Ledger): Selection {
  const attributes = new Set<string>();
  const groups = new Map<string, string | null>();
  const known = (name: string) => ledger.groups.get(`${target}|${name}`) ?? null;
  for (const mapping of policy.mappings.filter((m) => m.target === target)) {
    for (const rule of mapping.attributes) attributes.add(rule.name);
    for (const match of mapping.match) attributes.add(match.attribute);
    for (const { group } of mapping.entitlements) groups.set(group, known(group));
  }
  for (const entry of policy.guards.flatMap((document) => document.value.protected ?? [])) {
    if ("group" in entry && entry.target === target && !groups.has(entry.group))
      groups.set(entry.group, known(entry.group));
  }
  for (const entry of ledger.entries.values()) {
    if (entry.target !== target) continue;
    for (const [anchor, { group }] of Object.entries(entry.current?.memberships ?? {})) groups.set(group, anchor);
  }
  return {
    attributes: [...attributes].sort(compareText),
    groups: [...groups].map(([name, anchor]) => ({ name, anchor })).sort((a, b) => compareText(a.name, b.name)),
  };
}
