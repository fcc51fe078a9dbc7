/** Examining a target: what policies need of it, and what was found. */
import type { Verb } from "./op.js";

/** An attribute that the policies of a target name. */
export interface NeededAttribute {
  readonly name: string;
  /** Verbs and tasks that write it to an account that exists; empty: it is only read. */
  readonly writtenBy: readonly string[];
  /** Whether the capabilities say that it holds several values. */
  readonly multi: boolean;
  /** Longest value that policies or capabilities allow, in characters; null: they set no limit. */
  readonly maxLength: number | null;
}

/** What the policies need of one target: the question of an examination, and what a delegation must grant. */
export interface Needs {
  readonly role: "reader" | "writer";
  /** Verbs that the target allows and the policies can plan. */
  readonly verbs: readonly Verb[];
  /** Sorted by name. */
  readonly attributes: readonly NeededAttribute[];
  readonly tasks: readonly string[];
  /** Whether missing organizational units are made. */
  readonly makesContainers: boolean;
  /** Containers that mappings name as constants, beside the managed ones. */
  readonly containers: readonly string[];
  /** Groups that entitlements name. */
  readonly groups: readonly string[];
  /** Licences that entitlements name; left out: none. */
  readonly licences?: readonly string[];
  /** Whether some accounts are made by synchronisation and only linked; left out: none are. */
  readonly links?: boolean;
  /** Service plans, by name or id, that entitlements switch off, by licence; left out: none are. */
  readonly disabledPlans?: Readonly<Record<string, readonly string[]>>;
  /** Domains that rules of names put behind the "@", where they stand in the policy; left out: none does. */
  readonly domains?: readonly string[];
}

export type CheckLevel = "ok" | "warning" | "problem" | "unknown";

/** One finding of an examination. */
export interface Check {
  readonly level: CheckLevel;
  /** What was looked at: a stable word for machines, e.g. "tls", "right", "schema". */
  readonly topic: string;
  /** URL, DN or attribute; null: the target as a whole. */
  readonly subject: string | null;
  readonly what: string;
  /** A right: the object at whose top it is granted; a permission: whose it is; left out elsewhere. */
  readonly at?: string;
  /** One or two sentences, or the command that an administrator runs; null where nothing is to be done. */
  readonly remedy: string | null;
}

/** How the commands of a delegation are written: for Windows, for Samba; for Microsoft Graph PowerShell, for the Azure CLI. */
export type DelegationStyle = "dsacls" | "samba" | "graph-powershell" | "az";
