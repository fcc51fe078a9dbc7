/** Generated from schemas/source.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;
export type Field =
  | {
      /**
       * An expression, as a block scalar or in single quotes.
       */
      value: string;
    }
  | {
      constant: string | number | boolean | null;
    };

/**
 * How one HR system's export becomes workers.
 */
export interface Source {
  apiVersion: "muster/v1";
  kind: "Source";
  name: Name;
  type: "csv";
  file?: {
    /**
     * Default path of the export.
     */
    path?: string;
    /**
     * A name that iconv knows; default utf-8.
     */
    encoding?: string;
    delimiter?: string;
    quote?: string;
    exportedAt?: {
      /**
       * A regular expression with one group: a date or an instant in the file's name.
       */
      fromName: string;
      /**
       * Local time of day for a bare date; default 00:00.
       */
      time?: string;
      /**
       * Zone of a bare date; default UTC.
       */
      timezone?: string;
    };
  };
  /**
   * Shared namespace of personId; default: the source's name.
   */
  personNamespace?: string;
  worker: {
    id: Field;
    personId?: Field;
    type: Field;
    name: {
      given?: Field;
      family?: Field;
      preferred?: Field;
      middle?: Field;
      title?: Field;
      suffix?: Field;
    };
    employment: {
      from: Field;
      lastDay?: Field;
      leaveFrom?: Field;
      leaveTo?: Field;
      accessEnds?: Field;
      status?: {
        /**
         * An expression, as a block scalar or in single quotes.
         */
        value: string;
        ended?: string[];
        rescinded?: string[];
      };
      /**
       * Of from, lastDay, leaveFrom and leaveTo; a Luxon format, default yyyy-MM-dd.
       */
      dateFormat?: string;
    };
    job?: {
      title?: Field;
      department?: Field;
      division?: Field;
      company?: Field;
      costCenter?: Field;
      location?: Field;
      country?: Field;
      shift?: Field;
    };
    manager?: Field;
    contact?: {
      workPhone?: Field;
      mobilePhone?: Field;
      workEmail?: Field;
      city?: Field;
      state?: Field;
    };
    timezone: Field;
    attributes?: {
      [k: string]: Field;
    };
  };
  trust?: {
    shrink?: {
      max?: number;
      /**
       * A percentage such as 5%.
       */
      maxShare?: string;
      minPopulation?: number;
    };
    /**
     * A percentage such as 5%.
     */
    keyChurn?: string;
    columnEmptied?: "refuse" | "allow";
    /**
     * Years (y) and days (d) are calendar units in the worker's zone, hours (h) and minutes (m) are absolute.
     */
    maxAge?: string;
  };
  badRows?:
    | "refuse"
    | {
        quarantine: {
          max: number;
        };
      };
}
