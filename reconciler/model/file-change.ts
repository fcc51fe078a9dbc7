/** A file to write (UTF-8 text) or, with null, to delete. Paths are relative to the repository, with forward slashes. */
export interface FileChange {
  readonly path: string;
  readonly content: string | null;
}
