/** What a function of the language takes and gives, for the checker and for the reference. */
import type { Environment, ExpressionValue } from "./value.js";

export type Kind = "text" | "number" | "boolean" | "date" | "list" | "any" | "enum";

export interface Parameter {
  readonly name: string;
  readonly kind: Kind;
  /** `repeated` parameters stand last and repeat as a group, at least once. */
  readonly need: "required" | "optional" | "repeated";
  /** Must be written out, so that it is checked before any person is evaluated. */
  readonly constant?: true;
  /** A comparison may stand here. */
  readonly condition?: true;
  /** The words an enum accepts, and how they are written. */
  readonly words?: { readonly quoted: boolean; readonly values: readonly string[] };
}

/** One evaluation: the operands, and whether IgnoreFlowIfNullOrEmpty dropped the attribute. */
export interface Context {
  readonly environment: Environment;
  dropped: boolean;
}

export type Evaluate<T = ExpressionValue> = (context: Context) => T;

export interface Signature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly returns: Kind;
  /** One line for the reference. */
  readonly summary: string;
  /** entra: documented for HR provisioning. cloud-sync: documented for cloud sync only. muster: our addition. */
  readonly origin: "entra" | "muster" | "cloud-sync";
  /** Never gives null, so that a Coalesce behind it cannot take effect. */
  readonly neverNull?: true;
  /** The form with fewer arguments: the parameter that is left out in it. */
  readonly shortFormLacks?: string;
}

export function required(name: string, kind: Kind, more: Partial<Parameter> = {}): Parameter {
  return { name, kind, need: "required", ...more };
}

export function optional(name: string, kind: Kind, more: Partial<Parameter> = {}): Parameter {
  return { name, kind, need: "optional", ...more };
}

export function repeated(name: string, kind: Kind): Parameter {
  return { name, kind, need: "repeated" };
}
