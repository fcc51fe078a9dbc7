/**
 * Security descriptors in their self-relative form (MS-DTYP 2.4.6): owner and DACL, with the four kinds of ACE that decide
 * access in a directory (2.4.4.2 to 2.4.4.5). The bytes come from a server, but nothing is trusted: whatever does not fit
 * is an error, never a shorter list of ACEs, since a deny that was overlooked would make the verdict wrong.
 */
import { decodeGuid } from "../codec.js";
import { decodeSid } from "../identity.js";

/** Rights of an ACCESS_MASK in the directory (MS-ADTS 5.1.3.2). */
export const RIGHT = {
  createChild: 0x1,
  deleteChild: 0x2,
  list: 0x4,
  readProperty: 0x10,
  writeProperty: 0x20,
  controlAccess: 0x100,
  delete: 0x10000,
  readControl: 0x20000,
  writeDacl: 0x40000,
  writeOwner: 0x80000,
} as const;

/** Generic rights as the directory maps them (MS-ADTS 5.1.3.2, GENERIC_READ and so on). */
const GENERIC: readonly (readonly [bit: number, mask: number])[] = [
  [0x80000000, 0x20094],
  [0x40000000, 0x20028],
  [0x20000000, 0x20004],
  [0x10000000, 0xf01ff],
];

const DACL_PRESENT = 0x4;
const OBJECT_TYPE_PRESENT = 0x1;
const INHERITED_TYPE_PRESENT = 0x2;

/** ACE types (MS-DTYP 2.4.4.1) that grant or deny; all others (audit, callback, labels) do not decide these accesses. */
const KINDS: Readonly<Record<number, { readonly allow: boolean; readonly typed: boolean }>> = {
  0: { allow: true, typed: false },
  1: { allow: false, typed: false },
  5: { allow: true, typed: true },
  6: { allow: false, typed: true },
};

export interface Ace {
  readonly allow: boolean;
  /** Generic rights are resolved. */
  readonly mask: number;
  /** As text, S-1-... */
  readonly sid: string;
  /** GUID of an attribute, property set, class or extended right, lower case; null: of any. */
  readonly objectType: string | null;
  /** GUID of the class that inherits it; null: every class. */
  readonly inheritedType: string | null;
  /** CONTAINER_INHERIT_ACE, NO_PROPAGATE_INHERIT_ACE, INHERIT_ONLY_ACE (MS-DTYP 2.4.4.1). */
  readonly inheritable: boolean;
  readonly noPropagate: boolean;
  readonly inheritOnly: boolean;
}

export interface SecurityDescriptor {
  /** SID, null when the descriptor was read without. */
  readonly owner: string | null;
  /** In the order in which they are evaluated; null: no DACL, everything is granted. */
  readonly dacl: readonly Ace[] | null;
}

/** Throws RangeError when the bytes are no security descriptor. */
export function parseSecurityDescriptor(bytes: Uint8Array): SecurityDescriptor {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.readUInt8(0) !== 1) throw new RangeError("not a security descriptor of revision 1");
  const control = data.readUInt16LE(2);
  const ownerAt = data.readUInt32LE(4);
  const daclAt = data.readUInt32LE(16);
  return {
    owner: ownerAt === 0 ? null : sidAt(data, ownerAt),
    dacl: (control & DACL_PRESENT) === 0 || daclAt === 0 ? null : parseAcl(data, daclAt),
  };
}

/** MS-DTYP 2.4.5. */
function parseAcl(data: Buffer, start: number): Ace[] {
  const end = start + data.readUInt16LE(start + 2);
  const count = data.readUInt16LE(start + 4);
  if (end > data.length) throw new RangeError("the ACL is longer than its descriptor");
  const aces: Ace[] = [];
  let at = start + 8;
  for (let i = 0; i < count; i++) {
    const size = data.readUInt16LE(at + 2);
    if (size < 4 || at + size > end) throw new RangeError("an ACE is longer than its ACL");
    const ace = parseAce(data.subarray(at, at + size));
    if (ace !== null) aces.push(ace);
    at += size;
  }
  return aces;
}

function parseAce(data: Buffer): Ace | null {
  const kind = KINDS[data.readUInt8(0)];
  if (kind === undefined) return null;
  const flags = data.readUInt8(1);
  const present = kind.typed ? data.readUInt32LE(8) : 0;
  let at = kind.typed ? 12 : 8;
  const takeGuid = (bit: number): string | null => {
    if ((present & bit) === 0) return null;
    if (at + 16 > data.length) throw new RangeError("an ACE ends within a GUID");
    at += 16;
    return decodeGuid(data.subarray(at - 16, at));
  };
  const objectType = takeGuid(OBJECT_TYPE_PRESENT);
  const inheritedType = takeGuid(INHERITED_TYPE_PRESENT);
  return {
    allow: kind.allow,
    mask: resolveGeneric(data.readUInt32LE(4)),
    sid: sidAt(data, at),
    objectType,
    inheritedType,
    inheritable: (flags & 0x2) !== 0,
    noPropagate: (flags & 0x4) !== 0,
    inheritOnly: (flags & 0x8) !== 0,
  };
}

function resolveGeneric(mask: number): number {
  return GENERIC.reduce((all, [bit, rights]) => ((mask & bit) !== 0 ? all | rights : all), mask & 0x0fffffff);
}

function sidAt(data: Buffer, at: number): string {
  const sid = decodeSid(data.subarray(at, at + 8 + 4 * data.readUInt8(at + 1)));
  if (sid === undefined) throw new RangeError("a SID cannot be read");
  return sid;
}
