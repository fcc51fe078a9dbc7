/**
 * What a security descriptor grants to somebody (MS-ADTS 5.1.3.3). ACEs are taken in their order; the first that speaks
 * about the right decides, an allow as well as a deny. A right on an attribute is spoken about by an ACE for all
 * attributes, for its property set or for itself; on a child by an ACE for all classes or for that class; an extended right
 * by an ACE for all of them or for that one.
 */
import { type Ace, RIGHT, type SecurityDescriptor } from "./security-descriptor.js";

/** OWNER RIGHTS (MS-DTYP 2.4.2.4): where the DACL names it, the owner has those rights in place of the implied ones. */
const OWNER_RIGHTS = "S-1-3-4";
const SELF = "S-1-5-10";
/** Everybody who is bound is in these, whether or not the server lists them. */
const ALWAYS = ["S-1-1-0", "S-1-5-11"];

/** Whom access is evaluated for. */
export interface Requester {
  /** SIDs of the user and of all groups. */
  readonly sids: ReadonlySet<string>;
}

export interface AccessRequest {
  /** One bit of RIGHT. */
  readonly right: number;
  /** GUIDs by which an ACE may speak about it: schemaIDGUID and attributeSecurityGUID, a class, an extended right. */
  readonly types: readonly string[];
  /** objectSid of the object, where it is a security principal. */
  readonly self?: string | undefined;
}

export function requesterOf(sids: Iterable<string>): Requester {
  return { sids: new Set([...sids, ...ALWAYS]) };
}

export function isGranted(descriptor: SecurityDescriptor, requester: Requester, request: AccessRequest): boolean {
  const { dacl, owner } = descriptor;
  if (dacl === null) return true;
  const ownerSpeaks = dacl.some((ace) => ace.sid === OWNER_RIGHTS && !ace.inheritOnly);
  const isOwner = owner !== null && requester.sids.has(owner);
  const implied = RIGHT.readControl | RIGHT.writeDacl | RIGHT.writeOwner;
  if (isOwner && !ownerSpeaks && (request.right & implied) !== 0) return true;
  for (const ace of dacl) {
    if (ace.inheritOnly || (ace.mask & request.right) === 0) continue;
    const concerns =
      requester.sids.has(ace.sid) ||
      (ace.sid === SELF && request.self !== undefined && requester.sids.has(request.self)) ||
      (ace.sid === OWNER_RIGHTS && isOwner);
    if (!concerns) continue;
    if (ace.objectType === null || request.types.includes(ace.objectType)) return ace.allow;
  }
  return false;
}

/**
 * What a new child of a class inherits from its container (MS-DTYP 2.5.3.4, reduced to what decides): ACEs that are
 * passed on to containers, for every class or for this one. What the schema gives to each object of the class
 * (defaultSecurityDescriptor) comes on top and is not counted.
 */
export function inheritedBy(container: SecurityDescriptor, classGuid: string): SecurityDescriptor {
  if (container.dacl === null) return container;
  const passed = container.dacl.filter((ace) => ace.inheritable && isForClass(ace, classGuid));
  return { owner: null, dacl: passed.map((ace) => ({ ...ace, inheritOnly: false })) };
}

function isForClass(ace: Ace, classGuid: string): boolean {
  return ace.inheritedType === null || ace.inheritedType === classGuid;
}
