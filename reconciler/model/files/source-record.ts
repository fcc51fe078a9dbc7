/** Generated from schemas/source-record.schema.json by npm run generate. Do not edit. */

/**
 * What the last import of a source was: state/sources/<source>.yaml.
 */
export interface SourceRecord {
  apiVersion: "muster/v1";
  kind: "SourceRecord";
  source: string;
  /**
   * An instant with its offset, ISO 8601.
   */
  exportedAt: string;
  rows: number;
  /**
   * Worker files of this source, absent ones included.
   */
  workers: number;
  /**
   * SHA-256 over the path and content of every worker file of the source.
   */
  digest: string;
  /**
   * Ids whose status ended without a last day: left at exportedAt.
   */
  ended?: string[];
}
