/** Attributes that no mapping may name, in lower case: the directory makes them, or Muster writes them in its own way. */

const SERVER = "the directory sets it itself";
const SAM = "it belongs to the directory's account database, which alone may set it";
const LOCKOUT = "lockouts and failed logons are the domain controllers' own affair";

export const READ_ONLY: Readonly<Record<string, string>> = {
  badpasswordtime: LOCKOUT,
  badpwdcount: LOCKOUT,
  lastlogoff: SERVER,
  lastlogon: SERVER,
  lastlogontimestamp: SERVER,
  lockouttime: LOCKOUT,
  logoncount: SERVER,
  memberof: "it follows from the members of groups: write an Entitlement",
  "msds-user-account-control-computed": SERVER,
  admincount: "only the directory says which accounts are protected (AdminSDHolder)",
  canonicalname: SERVER,
  directreports: "it follows from the manager of others",
  distinguishedname: "it follows from cn and container",
  name: "it follows from cn",
  ntsecuritydescriptor: "permissions are not an attribute of a person",
  objectcategory: SERVER,
  objectclass: "an account stays what it was made as",
  objectguid: SERVER,
  objectsid: SAM,
  primarygroupid: "the primary group is left alone",
  pwdlastset: "whether a new password must be changed is a setting of the Target",
  samaccounttype: SAM,
  sidhistory: "only a migration may write it",
  unicodepwd: "passwords are set by creates and by the task reset-password",
  useraccountcontrol: "the lifecycle enables and disables; its other flags are left alone",
  userpassword: "passwords are set by creates and by the task reset-password",
  usnchanged: SERVER,
  usncreated: SERVER,
  whenchanged: SERVER,
  whencreated: SERVER,
};
