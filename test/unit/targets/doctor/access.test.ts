import { describe, expect, test } from "vitest";
import { inheritedBy, isGranted, requesterOf } from "../../../../reconciler/targets/active-directory/doctor/access.js";
import {
  parseSecurityDescriptor,
  RIGHT,
} from "../../../../reconciler/targets/active-directory/doctor/security-descriptor.js";
import { type AceParts, descriptorBytes } from "../../../support/descriptor-bytes.js";

const ME = "S-1-5-21-1-2-3-1104";
const GROUP = "S-1-5-21-1-2-3-1200";
const OTHER = "S-1-5-21-1-2-3-1999";
const TITLE = "bf967a55-0de6-11d0-a285-00aa003049e2";
const PUBLIC_INFORMATION = "e48d0154-bcf8-11d1-8702-00c04fb96050";
const MAIL = "bf967961-0de6-11d0-a285-00aa003049e2";
const USER = "bf967aba-0de6-11d0-a285-00aa003049e2";
const GROUP_CLASS = "bf967a9c-0de6-11d0-a285-00aa003049e2";
const RESET = "00299570-246d-11d0-a768-00aa006e0529";
const ALLOW = 0;
const DENY = 1;
const ALLOW_OBJECT = 5;
const DENY_OBJECT = 6;
const CONTAINER_INHERIT = 0x2;
const INHERIT_ONLY = 0x8;

const requester = requesterOf([ME, GROUP]);

function parsed(aces: readonly AceParts[] | null, owner = OTHER) {
  return parseSecurityDescriptor(descriptorBytes({ owner, aces }));
}

function mayWrite(aces: readonly AceParts[], types: readonly string[] = [TITLE, PUBLIC_INFORMATION]): boolean {
  return isGranted(parsed(aces), requester, { right: RIGHT.writeProperty, types });
}

describe("bytes", () => {
  test("owner, masks, GUIDs and flags are read; audit ACEs say nothing", () => {
    const descriptor = parsed([
      { type: 2, mask: 0xffff, sid: ME },
      {
        type: ALLOW_OBJECT,
        flags: CONTAINER_INHERIT | INHERIT_ONLY,
        mask: RIGHT.controlAccess,
        sid: GROUP,
        objectType: RESET,
        inheritedType: USER,
      },
    ]);
    expect(descriptor).toEqual({
      owner: OTHER,
      dacl: [
        {
          allow: true,
          mask: RIGHT.controlAccess,
          sid: GROUP,
          objectType: RESET,
          inheritedType: USER,
          inheritable: true,
          noPropagate: false,
          inheritOnly: true,
        },
      ],
    });
  });

  test("an ACE with an inherited type and no object type has only that GUID", () => {
    const { dacl } = parsed([{ type: ALLOW_OBJECT, mask: 1, sid: ME, inheritedType: USER }]);
    expect(dacl).toMatchObject([{ objectType: null, inheritedType: USER, sid: ME }]);
  });

  test.each([8, 19, 30, 50, 90])("cut off after %i bytes, it is an error", (length) => {
    const bytes = descriptorBytes({ owner: OTHER, aces: [{ type: ALLOW_OBJECT, mask: 1, sid: ME, objectType: USER }] });
    expect(bytes.length).toBeGreaterThan(90);
    expect(() => parseSecurityDescriptor(bytes.subarray(0, length))).toThrow(RangeError);
  });

  test("generic rights are resolved as the directory maps them", () => {
    const write = [{ type: ALLOW, mask: 0x40000000, sid: ME }];
    expect(mayWrite(write)).toBe(true);
    expect(isGranted(parsed(write), requester, { right: RIGHT.deleteChild, types: [] })).toBe(false);
    const everything = parsed([{ type: ALLOW, mask: 0x10000000, sid: ME }]);
    for (const right of Object.values(RIGHT)) expect(isGranted(everything, requester, { right, types: [] })).toBe(true);
  });
});

describe("access (MS-ADTS 5.1.3.3)", () => {
  test("no DACL grants everything, an empty one nothing", () => {
    const request = { right: RIGHT.createChild, types: [USER] };
    expect(isGranted(parsed(null), requester, request)).toBe(true);
    expect(isGranted(parsed([]), requester, request)).toBe(false);
  });

  test("an attribute is written by the right on all, on its property set, or on itself", () => {
    const ace = { type: ALLOW_OBJECT, mask: RIGHT.writeProperty, sid: ME };
    expect(mayWrite([{ ...ace, type: ALLOW }])).toBe(true);
    expect(mayWrite([{ ...ace, objectType: PUBLIC_INFORMATION }])).toBe(true);
    expect(mayWrite([{ ...ace, objectType: TITLE }])).toBe(true);
    expect(mayWrite([{ ...ace, objectType: MAIL }])).toBe(false);
  });

  test("through a group, and not through one that the user is not in", () => {
    expect(mayWrite([{ type: ALLOW, mask: RIGHT.writeProperty, sid: GROUP }])).toBe(true);
    expect(mayWrite([{ type: ALLOW, mask: RIGHT.writeProperty, sid: OTHER }])).toBe(false);
    expect(mayWrite([{ type: ALLOW, mask: RIGHT.writeProperty, sid: "S-1-5-11" }])).toBe(true);
  });

  test("the first that speaks decides: deny before allow, allow before deny", () => {
    const allow = { type: ALLOW, mask: RIGHT.writeProperty, sid: ME };
    const deny = { type: DENY_OBJECT, mask: RIGHT.writeProperty, sid: GROUP, objectType: TITLE };
    expect(mayWrite([deny, allow])).toBe(false);
    expect(mayWrite([allow, deny])).toBe(true);
    expect(mayWrite([{ ...deny, objectType: MAIL }, allow])).toBe(true);
    expect(mayWrite([{ type: DENY, mask: RIGHT.deleteChild, sid: ME }, allow])).toBe(true);
  });

  test("an extended right needs control access for all of them or for this one", () => {
    const ace = { type: ALLOW_OBJECT, mask: RIGHT.controlAccess, sid: ME };
    const may = (aces: AceParts[]) =>
      isGranted(parsed(aces), requester, { right: RIGHT.controlAccess, types: [RESET] });
    expect(may([{ ...ace, objectType: RESET }])).toBe(true);
    expect(may([ace])).toBe(true);
    expect(may([{ ...ace, objectType: TITLE }])).toBe(false);
    expect(may([{ ...ace, mask: RIGHT.writeProperty }])).toBe(false);
  });

  test("an ACE that is for heirs only does not hold on the object itself", () => {
    expect(
      mayWrite([{ type: ALLOW, flags: CONTAINER_INHERIT | INHERIT_ONLY, mask: RIGHT.writeProperty, sid: ME }]),
    ).toBe(false);
  });

  test("Principal Self is the account itself", () => {
    const descriptor = parsed([{ type: ALLOW, mask: RIGHT.writeProperty, sid: "S-1-5-10" }]);
    const request = { right: RIGHT.writeProperty, types: [TITLE] };
    expect(isGranted(descriptor, requester, request)).toBe(false);
    expect(isGranted(descriptor, requester, { ...request, self: ME })).toBe(true);
    expect(isGranted(descriptor, requester, { ...request, self: OTHER })).toBe(false);
  });

  test("the owner may change the DACL, unless OWNER RIGHTS says what the owner may", () => {
    const request = { right: RIGHT.writeDacl, types: [] };
    expect(isGranted(parsed([], ME), requester, request)).toBe(true);
    expect(isGranted(parsed([], OTHER), requester, request)).toBe(false);
    const limited = parsed([{ type: ALLOW, mask: RIGHT.readControl, sid: "S-1-3-4" }], ME);
    expect(isGranted(limited, requester, request)).toBe(false);
  });
});

describe("what a new account will inherit", () => {
  const ace = { type: ALLOW_OBJECT, mask: RIGHT.writeProperty, sid: ME, objectType: TITLE };
  const request = { right: RIGHT.writeProperty, types: [TITLE] };
  const heirMay = (part: Partial<AceParts>) =>
    isGranted(inheritedBy(parsed([{ ...ace, ...part }]), USER), requester, request);

  test("what is passed on to all, or to its class", () => {
    expect(heirMay({ flags: CONTAINER_INHERIT | INHERIT_ONLY, inheritedType: USER })).toBe(true);
    expect(heirMay({ flags: CONTAINER_INHERIT })).toBe(true);
  });

  test("not what is for another class, and not what stays on the container", () => {
    expect(heirMay({ flags: CONTAINER_INHERIT, inheritedType: GROUP_CLASS })).toBe(false);
    expect(heirMay({ flags: 0 })).toBe(false);
  });
});
