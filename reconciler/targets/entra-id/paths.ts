/**
 * Addresses of requests, relative to the version: the text that is sent, and the same without its values. Only the second
 * appears in errors, since ids, user principal names and filters are about people. All encoding is done here: a raw `#`,
 * `&`, `+` or `'` in an address is cut or misread on its way (the Graph client sends it as it is).
 */

export interface GraphPath {
  /** "/users/zoe%40contoso.example?$select=id": encoded, beginning with a slash. */
  readonly text: string;
  /** "/users/{id}": nothing of anybody in it. */
  readonly template: string;
}

/** path`/users/${id}/manager`: each value becomes one encoded segment. */
export function path(parts: TemplateStringsArray, ...segments: readonly string[]): GraphPath {
  return {
    text: String.raw({ raw: parts }, ...segments.map(encodeURIComponent)),
    template: parts.join("{id}"),
  };
}

/** Adds options such as `$select`, their values not yet encoded; undefined ones are left out. */
export function withQuery(path: GraphPath, options: Readonly<Record<string, string | undefined>>): GraphPath {
  const pairs = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeOption(value)}`],
  );
  if (pairs.length === 0) return path;
  return { ...path, text: `${path.text}${path.text.includes("?") ? "&" : "?"}${pairs.join("&")}` };
}

/** A string of an OData expression (OData 4.01 URL conventions, section 5.1.1.6.1): 'o''neil'. Not yet encoded. */
export function odataText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** What separates names and calls stays readable; RFC 3986 section 3.4 allows it in a query. */
function encodeOption(value: string): string {
  return encodeURIComponent(value).replace(/%(2C|24|3A|2F)/gi, decodeURIComponent);
}
