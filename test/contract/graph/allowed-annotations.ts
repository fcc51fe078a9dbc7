/**
 * What Microsoft's description of Graph lacks and Graph nevertheless sends or takes. Nothing else passes. Each entry names
 * the document that it comes from: "contrib" is github.com/microsoftgraph/microsoft-graph-docs-contrib.
 */
import type { JsonSchema } from "./schemas.js";

interface Allowed {
  readonly source: string;
}

/** Names beside the declared properties of any type. */
export interface AllowedName extends Allowed {
  readonly name: string;
  readonly in: "request" | "reply" | "both";
  readonly schema: JsonSchema;
}

const TEXT = { type: "string" };
const ODATA_JSON = "OData JSON Format 4.01, section 4.6, control information";

export const ALLOWED_NAMES: readonly AllowedName[] = [
  { name: "@odata.context", in: "reply", schema: TEXT, source: ODATA_JSON },
  { name: "@odata.type", in: "both", schema: TEXT, source: `${ODATA_JSON}; contrib concepts/delta-query-groups` },
  { name: "@odata.id", in: "both", schema: TEXT, source: `${ODATA_JSON}; contrib api-reference group-post-members` },
  {
    name: "@removed",
    in: "reply",
    schema: {
      type: "object",
      required: ["reason"],
      properties: { reason: { enum: ["changed", "deleted"] } },
      additionalProperties: false,
    },
    source: "contrib concepts/delta-query-overview, Resource representation in the delta query response",
  },
  {
    name: "members@delta",
    in: "reply",
    schema: deltaReferences(),
    source: "contrib concepts/delta-query-groups and api-reference group-delta",
  },
  {
    name: "manager@delta",
    in: "reply",
    schema: deltaReferences(),
    source: "contrib api-reference user-delta, $select of manager",
  },
  {
    name: "manager@odata.bind",
    in: "request",
    schema: TEXT,
    source:
      "OData JSON Format 4.01, section 8.5, bind operation; not documented for users, to be confirmed on a tenant",
  },
  {
    name: "members@odata.bind",
    in: "request",
    schema: { type: "array", minItems: 1, maxItems: 20, items: TEXT },
    source: "contrib api-reference group-post-members: at most 20 in one PATCH",
  },
  {
    name: "owners@odata.bind",
    in: "request",
    schema: { type: "array", minItems: 1, maxItems: 20, items: TEXT },
    source: "contrib api-reference group-post-groups, create a group with owners and members",
  },
];

function deltaReferences(): JsonSchema {
  const removed = {
    type: "object",
    required: ["reason"],
    properties: { reason: { const: "deleted" } },
    additionalProperties: false,
  };
  const properties = { "@odata.type": TEXT, id: TEXT, "@removed": removed };
  return { type: "array", items: { type: "object", required: ["id"], properties, additionalProperties: false } };
}

/** Names of extension properties, on types that the CSDL declares open. */
export interface AllowedPattern extends Allowed {
  readonly pattern: string;
  readonly schema: JsonSchema;
}

export const ALLOWED_PATTERNS: readonly AllowedPattern[] = [
  {
    pattern: "^extension_[0-9a-f]{32}_[A-Za-z0-9_]+$",
    schema: true,
    source: "contrib concepts/extensibility-overview, directory extensions",
  },
];

/** Types of objects that the cut description leaves out: their properties are not looked at. */
export const ALLOWED_TYPES: readonly ({ readonly type: string } & Allowed)[] = [
  { type: "#microsoft.graph.device", source: "contrib api-reference group-list-members" },
  { type: "#microsoft.graph.orgContact", source: "contrib api-reference group-list-members" },
  { type: "#microsoft.graph.servicePrincipal", source: "contrib api-reference group-list-members" },
];

/** Options of a query that the description leaves to the links that hold them. */
export const ALLOWED_OPTIONS: readonly ({ readonly option: string } & Allowed)[] = [
  { option: "$skiptoken", source: "contrib concepts/paging" },
  { option: "$deltatoken", source: "contrib concepts/delta-query-overview" },
];

/** Properties of one type. */
export interface AllowedProperty extends Allowed {
  readonly type: string;
  readonly name: string;
  readonly schema: JsonSchema;
}

export const ALLOWED_PROPERTIES: readonly AllowedProperty[] = [
  {
    type: "microsoft.graph.ODataErrors.InnerError",
    name: "status",
    schema: TEXT,
    source: "contrib concepts/throttling, sample reply: innerError repeats code and status",
  },
];

/** Operations that are not described: one whose shapes they share, or shapes of their own. */
export interface AllowedOperation extends Allowed {
  readonly method: string;
  readonly path: string;
  readonly like?: string;
  readonly request?: JsonSchema;
}

export const ALLOWED_OPERATIONS: readonly AllowedOperation[] = [
  {
    method: "DELETE",
    path: "/groups/{group-id}/members/{directoryObject-id}",
    like: "/groups/{group-id}/members/{directoryObject-id}/$ref",
    source: "contrib api-reference group-delete-members: without /$ref the object itself is deleted",
  },
  {
    method: "POST",
    path: "/directory/deletedItems/{directoryObject-id}/restore",
    like: "/directory/deletedItems/{directoryObject-id}/restore",
    request: {
      type: "object",
      properties: { newUserPrincipalName: TEXT, autoReconcileProxyConflict: { type: "boolean" } },
      additionalProperties: false,
    },
    source: "msgraph-sdk-powershell #3318, entra-powershell #1484; taken out of the metadata by msgraph-metadata #697",
  },
];

/** `$batch` and its items (contrib concepts/json-batching). */
export const BATCH_SOURCE = "contrib concepts/json-batching";

const METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"];

export const BATCH_REQUEST: JsonSchema = {
  type: "object",
  required: ["requests"],
  additionalProperties: false,
  properties: {
    requests: {
      type: "array",
      minItems: 1,
      maxItems: 20,
      items: {
        type: "object",
        required: ["id", "method", "url"],
        additionalProperties: false,
        properties: {
          id: { type: "string", minLength: 1 },
          method: { enum: METHODS },
          url: { type: "string", pattern: "^/(?!v1\\.0/)" },
          headers: { type: "object", additionalProperties: TEXT },
          body: { type: "object" },
          dependsOn: { type: "array", items: TEXT },
        },
      },
    },
  },
};

export const BATCH_REPLY: JsonSchema = {
  type: "object",
  required: ["responses"],
  additionalProperties: false,
  properties: {
    "@odata.context": TEXT,
    responses: {
      type: "array",
      items: {
        type: "object",
        required: ["id", "status"],
        additionalProperties: false,
        properties: {
          id: { type: "string", minLength: 1 },
          status: { type: "integer", minimum: 200, maximum: 599 },
          headers: { type: "object", additionalProperties: TEXT },
          body: true,
        },
      },
    },
  },
};

/** How many things pass that the description does not know; `$batch` counts as one. */
export const ALLOWED_ANNOTATIONS_SIZE =
  [ALLOWED_NAMES, ALLOWED_PATTERNS, ALLOWED_TYPES, ALLOWED_OPTIONS, ALLOWED_PROPERTIES, ALLOWED_OPERATIONS].flat()
    .length + 1;
