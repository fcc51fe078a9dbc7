/**
 * The part of the Active Directory schema that the sandbox knows (MS-ADA1 to MS-ADA3, MS-ADSC; extensionAttribute and
 * proxyAddresses from the Exchange schema). One row per attribute:
 *   name  syntax[*]  rangeUpper  classes  flags
 * `*` marks multi-valued; rangeUpper is in characters (text) or bytes, `-` for none. Classes: t every object, p person-like
 * (user, inetOrgPerson, computer, contact), u accounts, s security principals (accounts and groups), m mail recipients
 * (p and groups), g groups, a addressable (p and organizationalUnit), k computer, d domain, x domain controllers,
 * z the schema's own objects.
 * Flags: system (systemOnly), sam (owned by SAM), back (back-link), secret (never returned), built (constructed), index.
 */
const ROWS = `
objectClass                  oid*   -     t
cn                           text   64    t    index
name                         text   255   t    index
ou                           text*  64    t
dc                           text   255   t
distinguishedName            dn     -     t    system
canonicalName                text*  -     t    system built
objectGUID                   guid   -     t    system index
objectSid                    sid    -     t    sam index
objectCategory               name   -     t
instanceType                 int    -     t    system
whenCreated                  time   -     t    system
whenChanged                  time   -     t    system
uSNCreated                   long   -     t    system
uSNChanged                   long   -     t    system
isDeleted                    bool   -     t    system
lastKnownParent              dn     -     t    system
msDS-LastKnownRDN            text   255   t    system
isRecycled                   bool   -     t    system
msDS-EnabledFeature          dn*    -     t    system
msDS-OptionalFeatureGUID     guid   -     t    system
isCriticalSystemObject       bool   -     t    system
systemFlags                  int    -     t    system
showInAdvancedViewOnly       bool   -     t
description                  text*  1024  t
displayName                  text   256   t    index
adminDescription             text   256   t
adminCount                   int    -     t
url                          text*  -     t
wWWHomePage                  text   2048  t
extensionName                text*  255   t
gPLink                       text   -     t
objectVersion                int    -     t
memberOf                     dn*    -     m    sam back
managedObjects               dn*    -     t    system back
givenName                    text   64    p
sn                           text   64    p
initials                     text   6     p
middleName                   text   64    p
generationQualifier          text   3     p
personalTitle                text   64    p
title                        text   128   p
department                   text   64    p
departmentNumber             text*  -     u
division                     text   256   p
company                      text   64    p
employeeID                   text   16    p    index
employeeNumber               text   512   u    index
employeeType                 text   256   p
manager                      dn     -     p
directReports                dn*    -     p    system back
secretary                    dn*    -     u
assistant                    dn     -     p
seeAlso                      dn*    -     a
managedBy                    dn     -     godk
telephoneNumber              text   64    a
otherTelephone               text*  64    p
mobile                       text   64    p
otherMobile                  text*  64    p
homePhone                    text   64    p
pager                        text   64    p
ipPhone                      text   64    p
facsimileTelephoneNumber     text   64    a
physicalDeliveryOfficeName   text   128   a
streetAddress                text   1024  a
street                       text   1024  a
postOfficeBox                text*  40    a
l                            text   128   a
st                           text   128   a
postalCode                   text   40    a
co                           text   128   a
c                            text   3     a
countryCode                  int    65535 a
roomNumber                   text*  -     u
preferredLanguage            text   -     u
carLicense                   text*  -     u
uid                          text*  256   u
info                         text   1024  m
comment                      text   -     u
mail                         text   256   m    index
mailNickname                 text   64    m
proxyAddresses               text*  1123  m    index
targetAddress                text   1123  m
msExchHideFromAddressLists   bool   -     m
thumbnailPhoto               bytes  102400 p
jpegPhoto                    bytes* -     u
userCertificate              bytes* 32768 p
userPrincipalName            text   1024  u    index
sAMAccountName               text   256   s    index
sAMAccountType               int    -     s    sam
servicePrincipalName         text*  -     u
altSecurityIdentities        text*  -     s
userAccountControl           int    -     u
primaryGroupID               int    -     u
unicodePwd                   bytes  -     u    secret
pwdLastSet                   long   -     u
accountExpires               long   -     u
lockoutTime                  long   -     u
badPwdCount                  int    -     u    sam
badPasswordTime              long   -     u    sam
lastLogon                    long   -     u    sam
lastLogoff                   long   -     u    sam
lastLogonTimestamp           long   -     u    sam
logonCount                   int    -     u    sam
logonHours                   bytes  21    u
codePage                     int    65535 u
homeDirectory                text   -     u
homeDrive                    text   3     u
scriptPath                   text   -     u
profilePath                  text   -     u
userWorkstations             text   1024  u
uidNumber                    int    -     s
gidNumber                    int    -     s
loginShell                   text   1024  u
unixHomeDirectory            text   2048  u
gecos                        text   10240 u
dNSHostName                  text   2048  kx
operatingSystem              text   -     k
operatingSystemVersion       text   -     k
mS-DS-ConsistencyGuid        bytes  -     s
msDS-ExternalDirectoryObjectId text 256   m
msDS-PrincipalName           text   -     s    system built
msDS-User-Account-Control-Computed int - u    system built
primaryGroupToken            int    -     g    system built
groupType                    int    -     g
member                       dn*    -     g
invocationId                 guid   -     x    system
replPropertyMetaData         bytes  -     t    system built
msDS-ReplAttributeMetaData   text*  -     t    system built
msDS-ReplValueMetaData       text*  -     t    system built
lDAPDisplayName              text   -     z    system index
isSingleValued               bool   -     z    system
rangeUpper                   int    -     z    system
searchFlags                  int    -     z    system
minPwdLength                 int    -     d
pwdProperties                int    -     d
pwdHistoryLength             int    -     d
maxPwdAge                    long   -     d
minPwdAge                    long   -     d
lockoutThreshold             int    -     d
ms-DS-MachineAccountQuota    int    -     d
${range(1, 10, (n) => `extensionAttribute${n} text 1024 m`)}
${range(11, 15, (n) => `extensionAttribute${n} text 2048 m`)}
${range(1, 20, (n) => `msDS-cloudExtensionAttribute${n} text - m`)}
`;

function range(from: number, to: number, row: (n: number) => string): string {
  return Array.from({ length: to - from + 1 }, (_, i) => row(from + i)).join("\n");
}

export type Syntax = "text" | "name" | "int" | "long" | "bool" | "time" | "bytes" | "sid" | "guid" | "dn" | "oid";
type Flag = "system" | "sam" | "back" | "secret" | "built" | "index";

export interface AttributeSchema {
  /** lDAPDisplayName. */
  readonly name: string;
  /** The name in lower case, by which stored values are found. */
  readonly key: string;
  readonly syntax: Syntax;
  readonly multiple: boolean;
  readonly max: number;
  readonly classes: string;
  readonly flags: ReadonlySet<Flag>;
}

/** All attributes by lower-case name. */
export const ATTRIBUTES: ReadonlyMap<string, AttributeSchema> = new Map(
  ROWS.split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells.length >= 4)
    .map((cells) => {
      const [name = "", syntax = "", max = "", classes = "", ...flags] = cells;
      const row: AttributeSchema = {
        name,
        key: name.toLowerCase(),
        syntax: syntax.replace("*", "") as Syntax,
        multiple: syntax.endsWith("*"),
        max: max === "-" ? Number.POSITIVE_INFINITY : Number(max),
        classes,
        flags: new Set(flags as Flag[]),
      };
      return [row.key, row] as const;
    }),
);

/** Forward link to back-link (linkID pairs of the schema). Other DN attributes have no back-link but follow renames too. */
export const BACK_LINKS: ReadonlyMap<string, string> = new Map([
  ["memberof", "member"],
  ["directreports", "manager"],
  ["managedobjects", "managedby"],
]);

export interface ClassSchema {
  readonly name: string;
  /** Values of objectClass, from top to the most specific class. */
  readonly chain: readonly string[];
  /** Attribute groups that an object of the class may have (letters of the table above). */
  readonly letters: string;
  /** RDN attribute (rDNAttID). */
  readonly rdn: "CN" | "OU" | "DC";
  /** cn of the class that objectCategory names (defaultObjectCategory). */
  readonly category: string;
  /** Classes whose objects may be the parent (possSuperiors). */
  readonly parents: readonly string[];
}

const PERSON = ["top", "person", "organizationalPerson"];
const CONTAINERS = ["container", "organizationalUnit", "domainDNS", "builtinDomain"];

function classRow(
  name: string,
  chain: readonly string[],
  letters: string,
  category: string,
  parents: readonly string[] = CONTAINERS,
): ClassSchema {
  return { name, chain: [...chain, name], letters, rdn: "CN", category, parents };
}

/** Structural classes by lower-case name. */
export const CLASSES: ReadonlyMap<string, ClassSchema> = new Map(
  [
    classRow("user", PERSON, "tpusma", "Person"),
    classRow("inetOrgPerson", [...PERSON, "user"], "tpusma", "Person"),
    classRow("computer", [...PERSON, "user"], "tpusmak", "Computer"),
    classRow("contact", PERSON, "tpma", "Person"),
    classRow("group", ["top"], "tgsm", "Group"),
    {
      ...classRow("organizationalUnit", ["top"], "toa", "Organizational-Unit", ["organizationalUnit", "domainDNS"]),
      rdn: "OU" as const,
    },
    classRow("container", ["top"], "t", "Container", [...CONTAINERS, "configuration", "server", "nTDSDSA"]),
    { ...classRow("domainDNS", ["top", "domain"], "td", "Domain-DNS", []), rdn: "DC" as const },
    classRow("builtinDomain", ["top"], "td", "Builtin-Domain", []),
    classRow("configuration", ["top"], "t", "Configuration", []),
    classRow("dMD", ["top"], "t", "DMD", []),
    classRow("attributeSchema", ["top"], "tz", "Attribute-Schema", []),
    classRow("sitesContainer", ["top"], "t", "Sites-Container", []),
    classRow("site", ["top"], "t", "Site", []),
    classRow("serversContainer", ["top"], "t", "Servers-Container", []),
    classRow("server", ["top"], "tx", "Server", []),
    classRow("crossRefContainer", ["top"], "t", "Cross-Ref-Container", []),
    classRow("msDS-OptionalFeature", ["top"], "t", "ms-DS-Optional-Feature", []),
    classRow("nTDSDSA", ["top", "applicationSettings"], "tx", "NTDS-DSA", []),
  ].map((row) => [row.name.toLowerCase(), row] as const),
);

/** Names of classes that are only superclasses; they may be listed in objectClass. */
const ABSTRACT = new Set(["top", "person", "organizationalperson", "domain", "applicationsettings"]);

/** The attribute, options such as `;range=` cut off; undefined when the schema does not have it. */
export function attributeSchema(description: string): AttributeSchema | undefined {
  const semicolon = description.indexOf(";");
  const name = semicolon < 0 ? description : description.slice(0, semicolon);
  return ATTRIBUTES.get(name.toLowerCase());
}

/** The most specific structural class among the names given; undefined when there is none, or one is unknown. */
export function structuralClass(names: readonly string[]): ClassSchema | undefined {
  let best: ClassSchema | undefined;
  for (const name of names) {
    const key = name.toLowerCase();
    const row = CLASSES.get(key);
    if (row === undefined && !ABSTRACT.has(key)) return undefined;
    if (row !== undefined && (best === undefined || row.chain.length > best.chain.length)) best = row;
  }
  return best;
}

/** Keys of the attributes that an object may have, by the class's letters. */
const ALLOWED = new Map<string, ReadonlySet<string>>();

export function allowsAttribute(cls: ClassSchema, attribute: AttributeSchema): boolean {
  let allowed = ALLOWED.get(cls.letters);
  if (allowed === undefined) {
    const rows = [...ATTRIBUTES.values()].filter((row) => [...row.classes].some((one) => cls.letters.includes(one)));
    allowed = new Set(rows.map((row) => row.key));
    ALLOWED.set(cls.letters, allowed);
  }
  return allowed.has(attribute.key);
}

/** Whether the class is an account (user, inetOrgPerson, computer). */
export function isAccountClass(cls: ClassSchema): boolean {
  return cls.letters.includes("u");
}
