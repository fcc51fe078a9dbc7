/**
 * Graph's errors: a status, a code and a text; graph.md section 1 has the table. A handler throws GraphFailure, the
 * pipeline makes the body of it. `code` is what a client should branch on, but the directory answers Request_BadRequest
 * for so much that clients look at the text too: the texts here are the ones that are known from the field.
 */
export interface FailureDetail {
  readonly code: string;
  readonly message: string;
  readonly target: string;
}

export class GraphFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly FailureDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly details?: readonly FailureDetail[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = "GraphFailure";
    this.status = status;
    this.code = code;
    this.details = more.details ?? [];
    this.headers = more.headers ?? {};
  }
}

/** 400 Request_BadRequest, the answer to almost everything. */
export function badRequest(message: string): GraphFailure {
  return new GraphFailure(400, "Request_BadRequest", message);
}

/** 400 Request_UnsupportedQuery: an operator, a property or a combination that cannot be queried. */
export function unsupportedQuery(message: string): GraphFailure {
  return new GraphFailure(400, "Request_UnsupportedQuery", message);
}

/** 404 for an object, a referenced object, and a member that is none: one text for all. */
export function notFound(name: string): GraphFailure {
  const message = `Resource '${name}' does not exist or one of its queried reference-property objects are not present.`;
  return new GraphFailure(404, "Request_ResourceNotFound", message);
}

/** 403 for a missing permission, a protected target, a role-assignable group. */
export function denied(): GraphFailure {
  return new GraphFailure(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
}

/** 400: wrong characters, too long, or the empty string. `resource` is the type's name in upper camel case. */
export function invalidValue(property: string, resource: string): GraphFailure {
  const message = `Invalid value specified for property '${property}' of resource '${resource}'.`;
  return new GraphFailure(400, "Request_BadRequest", message, {
    details: [{ code: "InvalidValue", message, target: property }],
  });
}

/** 400: a required property is missing, or was to be cleared. */
export function valueRequired(property: string, resource: string): GraphFailure {
  return badRequest(`A value is required for property '${property}' of resource '${resource}'.`);
}

/** 400: a name that another object has. */
export function nameTaken(property: string): GraphFailure {
  const message = `Another object with the same value for property ${property} already exists.`;
  return new GraphFailure(400, "Request_BadRequest", message, {
    details: [{ code: "ObjectConflict", message, target: property }],
  });
}

/** 400: a directory property of an object that is mastered on-premises. */
export function mastered(): GraphFailure {
  return badRequest(
    "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
  );
}

/** 405, with the code of a bad request as Graph has it. */
export function methodNotAllowed(): GraphFailure {
  return new GraphFailure(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.");
}
