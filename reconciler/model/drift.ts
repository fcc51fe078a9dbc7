/** Values that somebody else changed, and what their target remembers of that. */

/** The last change of one value, by whomever. A directory knows the server on which it was made, not the person. */
export interface LastChange {
  /** ISO instant in UTC, whole seconds. */
  readonly at: string;
  /** The server: in AD the name of the domain controller, or its invocation id where that is no longer known. */
  readonly by: string;
  /** How often the value was written since the object was made; 1 is the first time. */
  readonly version: number;
}

export interface Drift {
  /** Attribute, or `enabled` or `container`: a key of `before` and `after`. */
  readonly attribute: string;
  /** Left out where the target does not say: nothing depends on it, and no digest counts it. */
  readonly changed?: LastChange;
}
