/** Names in the options of a query: a misspelt property in `$select` is a column that is never read. */
import { ALLOWED_OPTIONS, ALLOWED_PATTERNS } from "./allowed-annotations.js";

const OPTIONS = ["$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$search", "$count"];

/** `names`: properties of what the operation returns; null where it returns nothing that is described. */
export function queryProblems(query: string, names: ReadonlySet<string> | null): string[] {
  const known = [...OPTIONS, ...ALLOWED_OPTIONS.map(({ option }) => option)];
  return query.split("&").flatMap((pair) => {
    if (pair === "") return [];
    const at = pair.indexOf("=");
    const option = decodeURIComponent(at === -1 ? pair : pair.slice(0, at));
    if (!known.includes(option)) return [`has the unknown option ${option}`];
    const value = at === -1 ? "" : decodeURIComponent(pair.slice(at + 1).replaceAll("+", " "));
    const used = namesIn(option, value);
    if (used.length === 0) return [];
    if (names === null) return [`has ${option} where nothing is returned`];
    const unknown = used.filter((name) => !names.has(name) && !isExtension(name));
    return unknown.map((name) => `has the unknown property ${name} in ${option}`);
  });
}

function isExtension(name: string): boolean {
  return ALLOWED_PATTERNS.some(({ pattern }) => new RegExp(pattern).test(name));
}

function namesIn(option: string, value: string): string[] {
  const first = (text: string) => text.trim().split(/[/(\s]/)[0] ?? "";
  switch (option) {
    case "$select":
    case "$orderby":
      return value.split(",").map(first);
    case "$expand":
      // What stands in parentheses are options of the expanded object.
      return value
        .replace(/\([^()]*\)/g, "")
        .split(",")
        .map(first);
    case "$filter":
      return namesInFilter(value);
    default:
      return [];
  }
}

function namesInFilter(filter: string): string[] {
  const bare = filter.replace(/'(?:''|[^'])*'/g, "''");
  const variables = [...bare.matchAll(/\(\s*(\w+)\s*:/g)].map((match) => match[1]);
  const compared = bare.matchAll(/([A-Za-z]\w*)(?:\/[\w$]+)*\s+(?:eq|ne|ge|le|gt|lt|in)\b/g);
  const called = bare.matchAll(/\b(?:startsWith|endsWith|contains)\s*\(\s*([A-Za-z]\w*)/gi);
  const looped = bare.matchAll(/\b([A-Za-z]\w*)\/(?:any|all)\b/g);
  const names = [...compared, ...called, ...looped].map((match) => match[1] ?? "");
  return [...new Set(names)].filter((name) => !variables.includes(name));
}
