/** Writes as Muster sent them on the wire, kept as JSON; and as LDIF (RFC 2849), for ldapmodify. */
import { AddRequest, type Attribute, type ModifyDNRequest, ModifyRequest } from "ldapts";

/** An attribute's name and its values, base64. */
export type Values = readonly [string, readonly string[]];

export type Write =
  | { readonly kind: "add"; readonly dn: string; readonly attributes: readonly Values[] }
  | {
      readonly kind: "modify";
      readonly dn: string;
      readonly changes: readonly (readonly ["add" | "delete" | "replace", Values])[];
    }
  | { readonly kind: "modifyDN"; readonly dn: string; readonly newRdn: string; readonly newSuperior: string | null };

export type WriteRequest = AddRequest | ModifyRequest | ModifyDNRequest;

/** Throws for a request with controls: LDIF could carry them, but none of the writes that are compared has any. */
export function toWrite(request: WriteRequest): Write {
  if ((request.controls ?? []).length > 0) throw new Error(`a write to ${request.dn} carries controls`);
  const { dn } = request;
  if (request instanceof AddRequest) return { kind: "add", dn, attributes: request.attributes.map(valuesOf) };
  if (request instanceof ModifyRequest) {
    const changes = request.changes.map((change) => [change.operation, valuesOf(change.modification)] as const);
    return { kind: "modify", dn, changes };
  }
  const { newRdn, newSuperior } = request;
  return { kind: "modifyDN", dn, newRdn, newSuperior: newSuperior === "" ? null : (newSuperior ?? null) };
}

function valuesOf({ type, values }: Attribute): Values {
  return [type, [...values].map((value) => Buffer.from(value).toString("base64"))];
}

/** One change record per write. Everything is base64, so that nothing depends on what is safe to write plainly. */
export function toLdif(writes: readonly Write[]): string {
  return `version: 1\n\n${writes.map((write) => `${recordOf(write).join("\n")}\n`).join("\n")}`;
}

function recordOf(write: Write): string[] {
  const dn = line("dn", encode(write.dn));
  switch (write.kind) {
    case "add":
      return [dn, "changetype: add", ...write.attributes.flatMap(lines)];
    case "modify":
      return [
        dn,
        "changetype: modify",
        ...write.changes.flatMap(([operation, values]) => [`${operation}: ${values[0]}`, ...lines(values), "-"]),
      ];
    case "modifyDN":
      return [
        dn,
        "changetype: modrdn",
        line("newrdn", encode(write.newRdn)),
        "deleteoldrdn: 1",
        ...(write.newSuperior === null ? [] : [line("newsuperior", encode(write.newSuperior))]),
      ];
  }
}

function lines([type, values]: Values): string[] {
  return values.map((value) => line(type, value));
}

function line(name: string, base64: string): string {
  return `${name}:: ${base64}`;
}

function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

/** Writes that name new objects by GUID, which another domain gives anew, name them by DN. */
export function addressByDn(writes: readonly Write[], dnOf: ReadonlyMap<string, string>): Write[] {
  return writes.map((write) => ({ ...write, dn: dnOf.get(write.dn) ?? write.dn }));
}
