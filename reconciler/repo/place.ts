/** Places of errors in documents. */
import type { Position } from "../model/policy.js";
import type { Where } from "../support/errors.js";
import type { Layout, YamlDocument } from "./yaml.js";

/** Where a document stands. Without a layout errors name the file only. */
export interface Place {
  readonly file: string;
  readonly document?: Pick<YamlDocument, "line" | "layout">;
}

/** Line and column of a pointer, or of the nearest thing around it. */
export function whereOf(place: Place, pointer: string, at: "value" | "key" = "value"): Where {
  if (place.document === undefined) return { file: place.file };
  const layout = place.document.layout();
  const found = positionOf(layout, pointer, at) ?? { line: place.document.line, column: 1 };
  return { file: place.file, line: found.line, column: found.column };
}

function positionOf(layout: Layout, pointer: string, part: "value" | "key"): Position | undefined {
  for (let path = pointer; ; path = path.slice(0, path.lastIndexOf("/"))) {
    const at = (part === "key" ? layout.keys[path] : undefined) ?? layout.positions[path];
    if (at !== undefined) return at;
    if (path === "") return undefined;
  }
}
