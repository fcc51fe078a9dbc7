/** Many files of one kind: from the cache where their blob is known, else read, parsed and validated as a stream. */
import { compareText } from "../model/identity.js";
import { errorsOf } from "../support/collect-errors.js";
import { MusterError } from "../support/errors.js";
import { MAX_LISTED_ERRORS } from "../support/limits.js";
import type { Cache } from "./cache.js";
import type { Files, RepoFile } from "./files.js";
import type { FileKind } from "./schemas.js";
import { validateDocument } from "./validate.js";
import { readDocument, tooLarge } from "./yaml.js";

/** A file, what its reader asked to know of each, and its content: parsed when it is asked for, where the cache has it. */
export class ParsedFile<T, O> {
  #value: T | undefined;
  readonly #json: string;

  /** `json` is the content where `value` is undefined. */
  constructor(
    readonly file: RepoFile,
    readonly outline: O,
    value: T | undefined,
    json = "",
  ) {
    this.#value = value;
    this.#json = json;
  }

  get value(): T {
    this.#value ??= JSON.parse(this.#json) as T;
    return this.#value;
  }
}

export interface ParseOptions<T, O> {
  readonly kind: FileKind;
  readonly maxBytes: number;
  readonly cache: Cache;
  /** The path that the content asks for. A file elsewhere is for the caller to tell, and is not cached. */
  readonly pathOf: (value: T) => string;
  /** What is known of a file without parsing it again: JSON, short. */
  readonly outlineOf: (value: T) => O;
}

export interface ParsedFiles<T, O> {
  /** At their path, sorted by it. */
  readonly placed: readonly ParsedFile<T, O>[];
  /** Valid, but at a path that does not fit. */
  readonly misplaced: readonly ParsedFile<T, O>[];
}

/** The files that are valid; the errors of the others are added to `errors`. */
export async function parseFiles<T, O>(
  files: Files,
  wanted: readonly RepoFile[],
  how: ParseOptions<T, O>,
  errors: MusterError[],
): Promise<ParsedFiles<T, O>> {
  const placed: ParsedFile<T, O>[] = [];
  const misplaced: ParsedFile<T, O>[] = [];
  const unknown: RepoFile[] = [];
  for (const file of wanted) {
    const known = file.regular ? how.cache.outlined<O>(cacheKey(file)) : undefined;
    if (known === undefined) unknown.push(file);
    else placed.push(new ParsedFile<T, O>(file, known.outline, undefined, known.json));
  }
  const missing = await readable(files, unknown, how.maxBytes, errors);
  let at = 0;
  for await (const content of files.contents(missing)) {
    const file = missing[at++] as RepoFile;
    if (errors.length > MAX_LISTED_ERRORS) break;
    const value = parseOne<T>(file, content, how, errors);
    if (value === undefined) continue;
    const fits = how.pathOf(value) === file.path;
    const outline = how.outlineOf(value);
    (fits ? placed : misplaced).push(new ParsedFile(file, outline, value));
    if (fits) how.cache.setOutlined(cacheKey(file), outline, value);
  }
  if (missing.length > 0) placed.sort((a, b) => compareText(a.file.path, b.file.path));
  return { placed, misplaced };
}

/** With its path, so that what is known to lie where it belongs need not be checked again. */
function cacheKey(file: RepoFile): string {
  return `${file.blob} ${file.path}`;
}

function parseOne<T>(
  file: RepoFile,
  content: Uint8Array,
  how: { readonly kind: FileKind; readonly maxBytes: number },
  errors: MusterError[],
): T | undefined {
  try {
    const document = readDocument(content, file.path, how);
    const found = validateDocument(how.kind, document.value, { file: file.path, document });
    errors.push(...found);
    return found.length === 0 ? (document.value as T) : undefined;
  } catch (error) {
    errors.push(...errorsOf(error));
    return undefined;
  }
}

/** Those that are regular files of a size that may be read. */
export async function readable(
  files: Files,
  wanted: readonly RepoFile[],
  maxBytes: number,
  errors: MusterError[],
): Promise<RepoFile[]> {
  for (const { path } of wanted.filter((file) => !file.regular))
    errors.push(new MusterError("MUS-1008", { what: "only regular files belong here", where: { file: path } }));
  const regular = wanted.filter((file) => file.regular);
  const sizes = await files.sizes(regular);
  return regular.filter((file, i) => {
    const size = sizes[i] ?? 0;
    if (size > maxBytes) errors.push(tooLarge(file.path, size, maxBytes));
    return !(size > maxBytes);
  });
}

export function misplacedError(path: string, right: string): MusterError {
  return new MusterError("MUS-1008", { what: `the content of this file belongs at ${right}`, where: { file: path } });
}
