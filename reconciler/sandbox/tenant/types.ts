/**
 * What the tenant knows of each type's properties. A type's table (user-type.ts, ...) is the one place that says what may
 * be read, written and queried; select.ts, filter.ts, order.ts and writing.ts obey it, and deny what is not in it.
 */
import type { Json, ObjectType, TenantObject } from "./store.js";
import type { View } from "./view.js";

export type PropertyKind =
  | "string"
  | "boolean"
  | "integer"
  /** DateTimeOffset, ISO 8601; stored in UTC without fraction. */
  | "instant"
  | "guid"
  /** A collection of strings: [] is its empty value. */
  | "strings"
  /** An object of nullable strings, see `parts`. */
  | "record"
  /** Shown as it is stored, never written through properties. */
  | "records"
  | "object";

/** eq and ne also for null where `nullable` filters are allowed; see `null` below. */
export type FilterOperator = "eq" | "ne" | "ge" | "le" | "in" | "not" | "startsWith" | "endsWith" | "null" | "any";

export interface PropertyRule {
  readonly kind: PropertyKind;
  /** Who may write: at creation and later, at creation only, nobody (Graph computes it or another service owns it). */
  readonly write: "always" | "create" | "never";
  /** In the reply when nothing is selected. */
  readonly shown: boolean;
  /** Whether null clears it; a required property is not nullable. */
  readonly nullable: boolean;
  /** UTF-16 units; of each value of a collection. */
  readonly maxLength?: number;
  /** Of the whole value, besides the length. */
  readonly pattern?: RegExp;
  /** Most values of a collection. */
  readonly maxItems?: number;
  /** Names and lengths of a record's parts. */
  readonly parts?: Readonly<Record<string, number>>;
  /** How a written record meets the stored one: part by part, or as a whole. */
  readonly record?: "merge" | "replace";
  /** Operators of $filter by default, and with ConsistencyLevel: eventual and $count=true in addition. */
  readonly filter?: { readonly plain: readonly FilterOperator[]; readonly advanced: readonly FilterOperator[] };
  /** Whether $orderby takes it, and on which engine. */
  readonly order?: "plain" | "advanced";
  /** Answered by Graph with 501 on collections: it is kept outside the directory. */
  readonly outside?: true;
  /** Computed from object and view rather than stored; filters see the computed value too. */
  readonly compute?: (object: TenantObject, view: View) => Json;
}

export interface TypeRules {
  readonly type: ObjectType;
  /** As in errors: "User". */
  readonly resource: string;
  /** "#microsoft.graph.user" */
  readonly odataType: string;
  /** The name of the entity set in @odata.context: "users". */
  readonly set: string;
  readonly properties: Readonly<Record<string, PropertyRule>>;
  /** Needed at creation. */
  readonly required: readonly string[];
}
