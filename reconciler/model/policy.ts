/** What the policy files say, as read: one list per kind, each with the place it came from. */
import type {
  Bootstrap,
  Entitlement,
  Environment,
  Guards,
  Hold,
  Lifecycle,
  Mapping,
  Override,
  Release,
  Scope,
  Source,
  Target,
} from "./files/index.js";

/** Where a document or a value inside it stands. Line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A parsed and validated YAML document of a policy file. */
export interface PolicyDocument<T> {
  readonly value: T;
  /** Path in the repository. */
  readonly file: string;
  /** Git blob id of the file, or the SHA-256 of its bytes when it is read from the work tree. */
  readonly blob: string;
  /** Line of the document's first key. */
  readonly line: number;
  /**
   * Position of every key and scalar, by JSON pointer ("/attributes/title/value"). For a block scalar it is where the
   * text begins, so that an offset within an expression can be added to it.
   */
  readonly positions: Readonly<Record<string, Position>>;
}

export interface Policies {
  readonly environments: readonly PolicyDocument<Environment>[];
  readonly sources: readonly PolicyDocument<Source>[];
  readonly targets: readonly PolicyDocument<Target>[];
  readonly scopes: readonly PolicyDocument<Scope>[];
  readonly mappings: readonly PolicyDocument<Mapping>[];
  readonly lifecycles: readonly PolicyDocument<Lifecycle>[];
  readonly entitlements: readonly PolicyDocument<Entitlement>[];
  readonly guards: readonly PolicyDocument<Guards>[];
  readonly overrides: readonly PolicyDocument<Override>[];
  readonly bootstraps: readonly PolicyDocument<Bootstrap>[];
  readonly holds: readonly PolicyDocument<Hold>[];
  readonly releases: readonly PolicyDocument<Release>[];
}
