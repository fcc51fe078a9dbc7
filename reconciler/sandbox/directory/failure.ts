/**
 * Result codes and the extended error texts of Active Directory: eight hex digits of the Win32 error, the kind of error,
 * a DSID (place in Microsoft's source, of no meaning here), the problem. A real domain controller ends the text with a
 * line break and a NUL; clients must cope with it, so the sandbox does the same.
 */

/** Result codes of RFC 4511 appendix A that the sandbox returns. */
export const CODE = {
  success: 0,
  operationsError: 1,
  protocolError: 2,
  sizeLimitExceeded: 4,
  compareFalse: 5,
  compareTrue: 6,
  authMethodNotSupported: 7,
  unavailableCriticalExtension: 12,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unwillingToPerform: 53,
  namingViolation: 64,
  objectClassViolation: 65,
  notAllowedOnNonLeaf: 66,
  notAllowedOnRdn: 67,
  entryAlreadyExists: 68,
  other: 80,
} as const;

/** Ends an operation with a result code other than success. */
export class LdapFailure extends Error {
  readonly code: number;
  readonly text: string;
  readonly matchedDn: string;

  constructor(code: number, text: string, matchedDn = "") {
    super(text);
    this.code = code;
    this.text = text;
    this.matchedDn = matchedDn;
  }
}

function hex(win32: number): string {
  return win32.toString(16).toUpperCase().padStart(8, "0");
}

const END = "\n\0";

/** 6001 naming, 6002 object class, 6003 non-leaf, 6004 RDN, 6005 exists. */
const UPDATE_PROBLEM = {
  NAMING_VIOLATION: [6001, CODE.namingViolation],
  OBJ_CLASS_VIOLATION: [6002, CODE.objectClassViolation],
  CANT_ON_NON_LEAF: [6003, CODE.notAllowedOnNonLeaf],
  CANT_ON_RDN: [6004, CODE.notAllowedOnRdn],
  ENTRY_EXISTS: [6005, CODE.entryAlreadyExists],
} as const;

const ATTRIBUTE_PROBLEM = {
  NO_ATTRIBUTE_OR_VAL: [1001, CODE.noSuchAttribute],
  UNDEFINED_ATT_TYPE: [1003, CODE.undefinedAttributeType],
  INVALID_ATT_SYNTAX: [1004, CODE.invalidAttributeSyntax],
  CONSTRAINT_ATT_TYPE: [1005, CODE.constraintViolation],
  ATT_OR_VALUE_EXISTS: [1006, CODE.attributeOrValueExists],
} as const;

export function updateFailure(win32: number, problem: keyof typeof UPDATE_PROBLEM): LdapFailure {
  const [number, code] = UPDATE_PROBLEM[problem];
  return new LdapFailure(code, `${hex(win32)}: UpdErr: DSID-031A11E2, problem ${number} (${problem}), data 0${END}`);
}

/** `attribute` is the attribute's name. */
export function attributeFailure(
  win32: number,
  problem: keyof typeof ATTRIBUTE_PROBLEM,
  attribute: string,
): LdapFailure {
  const [number, code] = ATTRIBUTE_PROBLEM[problem];
  const inner = `${hex(win32)}: DSID-03152804, problem ${number} (${problem}), data 0, Att 0 (${attribute})`;
  return new LdapFailure(code, `${hex(win32)}: AtrErr: DSID-03152804, #1:\n\t0: ${inner}${END}`);
}

export function unwilling(win32: number): LdapFailure {
  return new LdapFailure(
    CODE.unwillingToPerform,
    `${hex(win32)}: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0${END}`,
  );
}

/** `matchedDn` is the deepest entry on the path that exists. */
export function noSuchObject(matchedDn: string, win32: number = 0x208d): LdapFailure {
  return new LdapFailure(
    CODE.noSuchObject,
    `${hex(win32)}: NameErr: DSID-0310028D, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'${matchedDn}'${END}`,
    matchedDn,
  );
}

export function badName(): LdapFailure {
  return new LdapFailure(
    CODE.invalidDnSyntax,
    `0000208F: NameErr: DSID-03100225, problem 2006 (BAD_NAME), data 8350, best match of:\n\t''${END}`,
  );
}

export function accessDenied(): LdapFailure {
  return new LdapFailure(
    CODE.insufficientAccessRights,
    `00000005: SecErr: DSID-03152492, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0${END}`,
  );
}

export function systemFailure(win32: number): LdapFailure {
  return new LdapFailure(
    CODE.other,
    `${hex(win32)}: SysErr: DSID-031A1202, problem 22 (Invalid argument), data 0${END}`,
  );
}

/** Errors that the LDAP head itself reports, before the directory is asked. */
export function protocolFailure(code: number, win32: number, comment: string, data = "0"): LdapFailure {
  return new LdapFailure(code, `${hex(win32)}: LdapErr: DSID-0C090A5C, comment: ${comment}, data ${data}, v4f7c\0`);
}

export function notBound(): LdapFailure {
  const comment = "In order to perform this operation a successful bind must be completed on the connection.";
  return protocolFailure(CODE.operationsError, 0x4dc, comment);
}

/** `data` is the reason as Active Directory gives it: 52e wrong, 533 disabled, 701 expired, 773 must change, 775 locked. */
export function badCredentials(data: "52e" | "533" | "701" | "773" | "775"): LdapFailure {
  return protocolFailure(CODE.invalidCredentials, 0x80090308, "AcceptSecurityContext error", data);
}

export function attributeConversion(code: number): LdapFailure {
  return protocolFailure(code, 0x57, "Error in attribute conversion operation");
}
