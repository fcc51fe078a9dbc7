/** Security descriptors in self-relative form, made field by field from MS-DTYP 2.4.2.2, 2.4.4, 2.4.5 and 2.4.6. */

export interface AceParts {
  /** ACCESS_ALLOWED 0, ACCESS_DENIED 1, SYSTEM_AUDIT 2, ACCESS_ALLOWED_OBJECT 5, ACCESS_DENIED_OBJECT 6. */
  readonly type: number;
  readonly flags?: number;
  readonly mask: number;
  readonly sid: string;
  readonly objectType?: string;
  readonly inheritedType?: string;
}

export function descriptorBytes(parts: { readonly owner?: string; readonly aces: readonly AceParts[] | null }): Buffer {
  const owner = parts.owner === undefined ? Buffer.alloc(0) : sidBytes(parts.owner);
  const acl = parts.aces === null ? Buffer.alloc(0) : aclBytes(parts.aces);
  const header = Buffer.alloc(20);
  header.writeUInt8(1, 0);
  // SE_SELF_RELATIVE, and SE_DACL_PRESENT where there is one.
  header.writeUInt16LE(0x8000 | (parts.aces === null ? 0 : 0x4), 2);
  header.writeUInt32LE(owner.length === 0 ? 0 : 20, 4);
  header.writeUInt32LE(acl.length === 0 ? 0 : 20 + owner.length, 16);
  return Buffer.concat([header, owner, acl]);
}

function aclBytes(parts: readonly AceParts[]): Buffer {
  const aces = parts.map(aceBytes);
  const header = Buffer.alloc(8);
  header.writeUInt8(4, 0);
  header.writeUInt16LE(8 + aces.reduce((sum, ace) => sum + ace.length, 0), 2);
  header.writeUInt16LE(aces.length, 4);
  return Buffer.concat([header, ...aces]);
}

function aceBytes({ type, flags = 0, mask, sid, objectType, inheritedType }: AceParts): Buffer {
  const present = Buffer.alloc(type === 5 || type === 6 ? 4 : 0);
  if (present.length > 0)
    present.writeUInt32LE((objectType === undefined ? 0 : 1) | (inheritedType === undefined ? 0 : 2));
  const guids = [objectType, inheritedType].filter((guid) => guid !== undefined).map(guidBytes);
  const header = Buffer.alloc(8);
  const body = Buffer.concat([present, ...guids, sidBytes(sid)]);
  header.writeUInt8(type, 0);
  header.writeUInt8(flags, 1);
  header.writeUInt16LE(8 + body.length, 2);
  header.writeUInt32LE(mask, 4);
  return Buffer.concat([header, body]);
}

export function sidBytes(sid: string): Buffer {
  const [authority = 0, ...parts] = sid.split("-").slice(2).map(Number);
  const bytes = Buffer.alloc(8 + 4 * parts.length);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(authority, 2, 6);
  parts.forEach((part, index) => {
    bytes.writeUInt32LE(part, 8 + 4 * index);
  });
  return bytes;
}

/** The first three fields are little-endian (MS-DTYP 2.3.4.2). */
function guidBytes(guid: string): Buffer {
  const [a = "", b = "", c = "", d = "", e = ""] = guid.split("-");
  const little = [a, b, c].map((hex) => Buffer.from(hex, "hex").reverse());
  return Buffer.concat([...little, Buffer.from(d + e, "hex")]);
}
