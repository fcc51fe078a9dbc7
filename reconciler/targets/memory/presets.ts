/** Two kinds of directory that the in-memory target can play: what AD and what Graph can and cannot do. */
import type { Capabilities } from "../../model/ports.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "../active-directory/capabilities.js";
import type { MemoryOptions } from "./records.js";

type Preset = Pick<MemoryOptions, "capabilities" | "membersAsObjects" | "lag">;

const GRAPH_CAPABILITIES: Capabilities = {
  verbs: [
    "create",
    "bind",
    "unbind",
    "update",
    "rename",
    "enable",
    "disable",
    "delete",
    "restore",
    "add-member",
    "remove-member",
    "assign-licence",
    "remove-licence",
    "run-task",
  ],
  containers: "none",
  spaces: { userPrincipalName: "address", mail: "address" },
  naming: ["userPrincipalName"],
  references: ["manager"],
  multi: ["businessPhones", "otherMails", "proxyAddresses"],
  required: ["userPrincipalName", "displayName"],
  maxLength: { displayName: 256, jobTitle: 128, department: 64, mailNickname: 64, employeeId: 16 },
  compareAndSwap: false,
  tasks: ["revoke-sessions", "reset-password", "temporary-access-pass"],
  writableWhenSynced: ["usageLocation"],
  tasksWhenSynced: ["revoke-sessions", "temporary-access-pass"],
  sourceAnchor: "onPremisesImmutableId",
  licences: true,
  licenceNeeds: ["usageLocation"],
};

/** Containers and DNs, compare-and-swap, members written on the group, reads that see every write. */
export const AD_LIKE: Preset = {
  capabilities: ACTIVE_DIRECTORY_CAPABILITIES,
  membersAsObjects: true,
  lag: 0,
};

/** No containers, no compare-and-swap, one request per member, replicas that show a new object late. */
export const GRAPH_LIKE: Preset = { capabilities: GRAPH_CAPABILITIES, membersAsObjects: false, lag: 2 };
