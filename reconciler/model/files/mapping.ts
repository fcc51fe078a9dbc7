/** Generated from schemas/mapping.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;
export type Place =
  | {
      constant: string;
    }
  | {
      /**
       * An expression, as a block scalar or in single quotes.
       */
      value: string;
    };
export type AttributeRule =
  | {
      /**
       * An expression, as a block scalar or in single quotes.
       */
      value: string;
      apply?: "always" | "create-only";
      onNull?: "keep" | "clear";
      onDrift?: "correct" | "notify";
      when?: When;
    }
  | {
      /**
       * null clears the attribute.
       */
      constant: string | boolean | null | string[];
      apply?: "always" | "create-only";
      onNull?: "keep" | "clear";
      onDrift?: "correct" | "notify";
      when?: When;
    }
  | {
      reference: "manager";
      onUnresolved?: "keep" | "clear";
      onDrift?: "correct" | "notify";
      when?: When;
    }
  | {
      unique: Unique;
      onDrift?: "correct" | "notify";
    }
  | {
      /**
       * An expression, as a block scalar or in single quotes: the primary address of an address list. The address that was primary stays as an alias, and so does everything else in the list.
       */
      primary: string;
      onDrift?: "correct" | "notify";
    };
export type WhenValue =
  | ("clear" | "keep")
  | {
      /**
       * null clears the attribute.
       */
      constant: string | boolean | null | string[];
    }
  | {
      /**
       * An expression, as a block scalar or in single quotes.
       */
      value: string;
    };

/**
 * How identities become accounts of one target.
 */
export interface Mapping {
  apiVersion: "muster/v1";
  kind: "Mapping";
  name: Name;
  target: string;
  /**
   * provision: Muster makes the account. link: synchronisation makes it from the account in that target, and Muster changes only what is mastered in the cloud.
   */
  account:
    | "provision"
    | {
        /**
         * Target whose accounts are synchronised into this one.
         */
        link: string;
      };
  per?: "person" | "worker";
  scope: string;
  lifecycle: string;
  /**
   * An expression, as a block scalar or in single quotes.
   */
  primary?: string;
  match?: {
    attribute: string;
    /**
     * An expression, as a block scalar or in single quotes.
     */
    value: string;
  }[];
  container?: {
    future?: Place;
    prehire?: Place;
    active?: Place;
    leave?: Place;
    left?: Place;
    vanished?: Place;
    rescinded?: Place;
    "out-of-scope"?: Place;
    default?: Place;
    onDrift?: "correct" | "notify";
  };
  attributes: {
    [k: string]: AttributeRule;
  };
}
export interface When {
  future?: WhenValue;
  prehire?: WhenValue;
  active?: WhenValue;
  leave?: WhenValue;
  left?: WhenValue;
  vanished?: WhenValue;
  rescinded?: WhenValue;
  "out-of-scope"?: WhenValue;
}
export interface Unique {
  /**
   * @minItems 1
   *
   * Items: An expression, as a block scalar or in single quotes.
   */
  candidates: [string, ...string[]];
  counter?: boolean;
  maxLength?: number;
  charset?: {
    allow: "ascii-letters-digits" | "ascii-name" | "mail-local" | "any";
    fold?: boolean;
  };
  within?: "container" | "target" | "forest" | "all";
  /**
   * Years (y) and days (d) are calendar units in the worker's zone, hours (h) and minutes (m) are absolute.
   */
  retain?: string;
  onRename?: "keep" | "follow";
  reserved?: string[];
}
