/**
 * YAML in, strictly. Warnings are errors, and so are duplicate keys, anchors, aliases, tags and keys that are not text;
 * all errors of a file come at once, each with its place. The value is built by a walk of our own over the parsed nodes,
 * which sees duplicates in linear time and refuses an alias before anything is expanded, so that no file can cost more
 * than its size. Positions are computed when somebody asks for them.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type YAMLMap } from "yaml";
import type { Position } from "../model/policy.js";
import { MusterError, throwAll, type Where } from "../support/errors.js";
import { MAX_LISTED_ERRORS, MAX_YAML_ALIASES, MAX_YAML_DEPTH } from "../support/limits.js";
import { readCanonical } from "./read-canonical.js";
import { type Layout, layOut } from "./yaml-layout.js";

export { writeYaml } from "./write-yaml.js";
export type { Layout, ScalarSource } from "./yaml-layout.js";

export interface YamlDocument {
  readonly value: unknown;
  /** Line of the document's first key. */
  readonly line: number;
  /** Places and source texts of everything in the document; computed at the first call. */
  layout(): Layout;
  /** layout().positions: see PolicyDocument in model/policy.ts. */
  readonly positions: Readonly<Record<string, Position>>;
}

export interface ReadLimits {
  /** Largest file in bytes: a larger one is MUS-1004, before it is parsed. */
  readonly maxBytes: number;
  /** May turn a syntax error into a better one, given the source line it is on. */
  readonly explain?: (line: string, where: Where) => MusterError | null;
}

type Node = Document.Parsed["contents"] | YAMLMap;

/**
 * All documents of a file. Throws MusterError or MusterErrors: MUS-1001 not YAML (or a warning, duplicate key, tag, key
 * that is not text), MUS-1004 too large, MUS-1006 anchor or alias, MUS-1013 not UTF-8.
 */
export function readDocuments(source: Uint8Array | string, file: string, limits: ReadLimits): YamlDocument[] {
  const text = decode(source, file, limits.maxBytes);
  const canonical = readCanonical(text);
  if (canonical === undefined) return parse(text, file, limits);
  const layout = once(() => (parse(text, file, limits)[0] as YamlDocument).layout());
  return [documentOf(canonical, 1, layout)];
}

/** The one document of a file that has exactly one. Throws as readDocuments does; none or several are MUS-1001. */
export function readDocument(source: Uint8Array | string, file: string, limits: ReadLimits): YamlDocument {
  const documents = readDocuments(source, file, limits);
  const [first, second] = documents;
  if (first === undefined) throw new MusterError("MUS-1001", { what: "the file is empty", where: { file } });
  if (second === undefined) return first;
  throw new MusterError("MUS-1001", {
    what: `the file holds ${documents.length} documents where one belongs`,
    where: { file, line: second.line },
  });
}

/** Text of UTF-8 bytes (without its byte order mark). Throws MUS-1004 and MUS-1013. */
export function decode(source: Uint8Array | string, file: string, maxBytes: number): string {
  const size = typeof source === "string" ? Buffer.byteLength(source) : source.byteLength;
  if (size > maxBytes) throw tooLarge(file, size, maxBytes);
  if (typeof source === "string") return source;
  try {
    return UTF8.decode(source);
  } catch (cause) {
    throw new MusterError("MUS-1013", { what: "the file holds bytes that are not UTF-8", where: { file }, cause });
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

export function tooLarge(file: string, size: number, maxBytes: number): MusterError {
  return new MusterError("MUS-1004", {
    what: `the file has ${size} bytes, at most ${maxBytes} are read`,
    where: { file },
  });
}

function parse(text: string, file: string, limits: ReadLimits): YamlDocument[] {
  const lines = new LineCounter();
  const problems = new Problems(text, file, lines, limits.explain);
  const found: YamlDocument[] = [];
  for (const document of compose(text, file, lines)) {
    // What the reader says after its first mistake mostly comes of that one: a stray bracket makes a hundred.
    for (const error of [...firstOf(document.errors), ...document.warnings])
      problems.add("MUS-1001", plain(error.message), error.pos[0]);
    const contents = document.contents;
    if (contents === null || document.errors.length > 0) continue;
    if (isScalar(contents) && contents.value === null && contents.source === "") continue;
    const value = new Walk(problems).value(contents, 0);
    const line = lines.linePos(contents.range[0]).line;
    found.push(
      documentOf(
        value,
        line,
        once(() => layOut(contents, text, lines)),
      ),
    );
  }
  problems.throwAll();
  return found;
}

function firstOf(errors: Document.Parsed["errors"]): Document.Parsed["errors"] {
  return [...errors].sort((a, b) => a.pos[0] - b.pos[0]).slice(0, 1);
}

function compose(text: string, file: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  try {
    const options = { lineCounter, prettyErrors: false, uniqueKeys: false, logLevel: "error" } as const;
    return parseAllDocuments(text, options) as Document.Parsed[];
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new MusterError("MUS-1001", { what: "the file is nested too deeply", where: { file }, cause });
  }
}

function documentOf(value: unknown, line: number, layout: () => Layout): YamlDocument {
  return {
    value,
    line,
    layout,
    get positions() {
      return layout().positions;
    },
  };
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

/** The library ends its sentences in different ways. */
function plain(message: string): string {
  return message.replace(/\s+/g, " ").replace(/[.:]$/, "");
}

class Problems {
  private readonly errors: MusterError[] = [];
  /** Line of the last error that could be explained; what the parser says after it only follows from it. */
  private explained = 0;

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly lines: LineCounter,
    private readonly explain: ReadLimits["explain"],
  ) {}

  add(code: "MUS-1001" | "MUS-1006", what: string, offset: number): void {
    if (this.errors.length >= MAX_LISTED_ERRORS) return;
    const { line, col } = this.lines.linePos(Math.max(0, offset));
    const where = { file: this.file, line, column: col };
    const start = this.lines.lineStarts[line - 1] ?? 0;
    const source = this.text.slice(start, this.lines.lineStarts[line] ?? this.text.length).trimEnd();
    const better = this.explain?.(source, where) ?? null;
    if (better !== null) {
      if (this.explained !== line) this.errors.push(better);
      this.explained = line;
    } else if (this.explained === 0) this.errors.push(new MusterError(code, { what, where }));
  }

  throwAll(): void {
    throwAll(this.errors);
  }
}

/** Turns nodes into values, and finds what the parser lets pass. */
class Walk {
  private aliases = 0;

  constructor(private readonly problems: Problems) {}

  value(node: Node | unknown, depth: number): unknown {
    if (isAlias(node)) return this.alias(node.source, node.range?.[0] ?? 0);
    if (isScalar(node)) {
      this.check(node);
      return node.value;
    }
    if (!isMap(node) && !isSeq(node)) return null;
    this.check(node);
    if (depth >= MAX_YAML_DEPTH) {
      this.problems.add("MUS-1001", "the file is nested too deeply", node.range?.[0] ?? 0);
      return null;
    }
    if (isSeq(node)) return node.items.map((item) => this.value(item, depth + 1));
    return this.map(node, depth);
  }

  private map(node: YAMLMap, depth: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = this.key(pair.key);
      const value = this.value(pair.value, depth + 1);
      if (key === null) continue;
      if (seen.has(key)) this.problems.add("MUS-1001", `the key ${key} stands twice`, offsetOf(pair.key));
      seen.add(key);
      if (key === "__proto__") Object.defineProperty(map, key, { value, enumerable: true });
      else map[key] = value;
    }
    return map;
  }

  private key(node: unknown): string | null {
    if (isAlias(node)) {
      this.alias(node.source, node.range?.[0] ?? 0);
      return null;
    }
    if (isScalar(node)) {
      this.check(node);
      if (typeof node.value === "string") return node.value;
      this.problems.add(
        "MUS-1001",
        `the key ${node.source ?? node.value} is not text: put it in quotes`,
        offsetOf(node),
      );
      return null;
    }
    this.problems.add("MUS-1001", "a key must be text", offsetOf(node));
    return null;
  }

  private alias(name: string, offset: number): null {
    this.aliases++;
    if (this.aliases > MAX_YAML_ALIASES) this.problems.add("MUS-1006", `the alias *${name} is not allowed`, offset);
    return null;
  }

  private check(node: {
    anchor?: string | undefined;
    tag?: string | undefined;
    range?: [number, number, number] | null | undefined;
  }): void {
    const offset = node.range?.[0] ?? 0;
    if (node.anchor !== undefined) this.problems.add("MUS-1006", `the anchor &${node.anchor} is not allowed`, offset);
    if (node.tag !== undefined) this.problems.add("MUS-1001", `the tag ${node.tag} is not allowed`, offset);
  }
}

function offsetOf(node: unknown): number {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range?.[0] ?? 0;
}
