/** Generated from schemas/worker.schema.json by npm run generate. Do not edit. */

/**
 * One employment record as one source knows it. Missing: the source does not supply it. null: the source says it is empty.
 */
export interface Worker {
  apiVersion: "muster/v1";
  kind: "Worker";
  source: string;
  /**
   * The key within the source.
   */
  id: string;
  personId?: string | null;
  /**
   * employee, contingent, student ...: a free vocabulary, checked by policy.
   */
  type: string;
  name: {
    given?: string | null;
    family?: string | null;
    preferred?: string | null;
    middle?: string | null;
    title?: string | null;
    suffix?: string | null;
    previous?: {
      given?: string | null;
      family?: string | null;
      /**
       * A local date, ISO 8601, or null.
       */
      until?: string | null;
    }[];
  };
  employment: {
    /**
     * Sorted, disjoint, at most one open.
     */
    periods: {
      /**
       * A local date, ISO 8601.
       */
      from: string;
      /**
       * A local date, ISO 8601, or null.
       */
      lastDay: string | null;
      status: "normal" | "rescinded";
    }[];
    leave?: {
      /**
       * A local date, ISO 8601.
       */
      from: string;
      /**
       * A local date, ISO 8601, or null.
       */
      to: string | null;
    }[];
    /**
     * Access ends at this instant, before the last day ends: immediate dismissal.
     */
    accessEnds?: string | null;
  };
  /**
   * IANA name.
   */
  timezone: string;
  job?: {
    title?: string | null;
    department?: string | null;
    division?: string | null;
    company?: string | null;
    costCenter?: string | null;
    location?: string | null;
    country?: string | null;
    shift?: string | null;
  };
  /**
   * An id of the same source, or source:id.
   */
  manager?: string | null;
  contact?: {
    workPhone?: string | null;
    mobilePhone?: string | null;
    workEmail?: string | null;
    city?: string | null;
    state?: string | null;
  };
  attributes?: {
    [k: string]: string | number | boolean | null | string[];
  };
  scheduled?: {
    /**
     * A local date, ISO 8601.
     */
    effective: string;
    set: {
      type?: string;
      name?: {
        given?: string | null;
        family?: string | null;
        preferred?: string | null;
        middle?: string | null;
        title?: string | null;
        suffix?: string | null;
      };
      job?: {
        title?: string | null;
        department?: string | null;
        division?: string | null;
        company?: string | null;
        costCenter?: string | null;
        location?: string | null;
        country?: string | null;
        shift?: string | null;
      };
      manager?: string | null;
      contact?: {
        workPhone?: string | null;
        mobilePhone?: string | null;
        workEmail?: string | null;
        city?: string | null;
        state?: string | null;
      };
      attributes?: {
        [k: string]: string | number | boolean | null | string[];
      };
    };
  }[];
  /**
   * Instant of the first export that no longer had this worker.
   */
  absentSince?: string | null;
}
