/** Two kinds of directory that the in-memory target can play: what AD and what Graph can and cannot do. */
import { ACTIVE_DIRECTORY_CAPABILITIES } from "../active-directory/capabilities.js";
import { ENTRA_ID_CAPABILITIES } from "../entra-id/capabilities.js";
import type { MemoryOptions } from "./records.js";

type Preset = Pick<MemoryOptions, "capabilities" | "membersAsObjects" | "lag">;

/** Containers and DNs, compare-and-swap, members written on the group, reads that see every write. */
export const AD_LIKE: Preset = {
  capabilities: ACTIVE_DIRECTORY_CAPABILITIES,
  membersAsObjects: true,
  lag: 0,
};

/** No containers, no compare-and-swap, one request per member, replicas that show a new object late. */
export const GRAPH_LIKE: Preset = { capabilities: ENTRA_ID_CAPABILITIES, membersAsObjects: false, lag: 2 };
