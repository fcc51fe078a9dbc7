/** What Entra ID can do, as data: the planner and `validate` read it without a connection. */
import type { Capabilities } from "../../model/ports.js";
import { GRAPH_MEMBERS_PER_REQUEST } from "../../support/limits.js";
import { allProperties } from "./properties.js";
import { READ_ONLY } from "./read-only.js";

const PROPERTIES = allProperties();

export const ENTRA_ID_CAPABILITIES: Capabilities = {
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
    "purge",
    "add-member",
    "remove-member",
    "assign-licence",
    "remove-licence",
    "run-task",
  ],
  containers: "none",
  // Unique among users, groups and contacts; userPrincipalName, mail and proxyAddresses exclude each other.
  spaces: { userPrincipalName: "address", mail: "address", mailNickname: "mailNickname" },
  // A mail nickname may be that of another user.
  refusedTwice: ["userPrincipalName", "mail"],
  naming: ["userPrincipalName"],
  references: PROPERTIES.filter(({ kind }) => kind === "reference").map(({ name }) => name),
  alongWithCreate: ["manager"],
  membersPerRequest: GRAPH_MEMBERS_PER_REQUEST,
  multi: PROPERTIES.filter(({ kind }) => kind === "texts").map(({ name }) => name),
  instants: PROPERTIES.filter(({ kind }) => kind === "instant").map(({ name }) => name),
  // A create needs a mailNickname too: where no mapping names one it is the part of the userPrincipalName before the "@".
  required: ["displayName", "userPrincipalName"],
  maxLength: Object.fromEntries(
    PROPERTIES.flatMap(({ name, maxLength }) => (maxLength === undefined ? [] : [[name, maxLength]])),
  ),
  readOnly: READ_ONLY,
  compareAndSwap: false,
  tasks: ["revoke-sessions", "reset-password", "temporary-access-pass"],
  // The pass and the sessions are the tenant's own; a synchronised password is the directory's.
  tasksWhenSynced: ["revoke-sessions", "temporary-access-pass"],
  writableWhenSynced: PROPERTIES.filter(({ cloudSide }) => cloudSide === true).map(({ name }) => name),
  sourceAnchor: "onPremisesImmutableId",
  licences: true,
  licenceNeeds: ["usageLocation"],
};
