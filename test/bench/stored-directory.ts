/** The directory of a benchmark as a file: built once, then loaded by every measurement before its clock starts. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Anchor } from "../../reconciler/model/observed.js";
import { MemoryDirectory } from "../../reconciler/targets/memory/directory.js";
import { AD_LIKE } from "../../reconciler/targets/memory/presets.js";
import type { DirectoryRecord } from "../../reconciler/targets/memory/records.js";
import { MemoryTarget } from "../../reconciler/targets/memory/target.js";
import { CONTAINERS, GROUPS, GROUPS_OU } from "./policies.js";

interface StoredDirectory {
  readonly records: readonly DirectoryRecord[];
  readonly members: readonly (readonly [Anchor, readonly Anchor[]])[];
}

/** The directory of a file; where there is none yet, one with containers and empty groups. */
export function loadDirectory(file: string): MemoryTarget {
  const managed = { accounts: ["OU=People,DC=corp,DC=example"], groups: [GROUPS_OU] };
  const options = { ...AD_LIKE, name: "corp-ad", managed, lag: 0, seed: 1, shuffle: 0 };
  const directory = new MemoryDirectory(options);
  for (const container of CONTAINERS) directory.addContainer(container);
  if (existsSync(file)) fill(directory, JSON.parse(readFileSync(file, "utf8")) as StoredDirectory);
  else for (const name of GROUPS) directory.addGroup({ attributes: { cn: name }, container: GROUPS_OU });
  return new MemoryTarget(directory);
}

function fill(directory: MemoryDirectory, stored: StoredDirectory): void {
  for (const record of stored.records) directory.replace({ ...record, created: Number.NEGATIVE_INFINITY });
  for (const [group, accounts] of stored.members)
    directory.members.set(group, { accounts: new Set(accounts), others: 0 });
}

export function saveDirectory(file: string, { directory }: MemoryTarget): void {
  const stored: StoredDirectory = {
    records: [...directory.records.values()],
    members: [...directory.members].map(([group, { accounts }]) => [group, [...accounts]]),
  };
  writeFileSync(file, JSON.stringify(stored));
}
