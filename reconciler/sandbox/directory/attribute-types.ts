/**
 * ATTRTYPs of the attributes of the sandbox (MS-DRSR 5.16.4): the number of the OID's prefix and the OID's last arc, from
 * attributeID in MS-ADA1 to MS-ADA3. Attributes of the Exchange and the RFC 2307 schema are left out: the numbers of their
 * prefixes differ from forest to forest.
 */
const ROWS: readonly (readonly [prefix: number, attributes: string])[] = [
  [
    0, // 2.5.4
    "objectClass=0 cn=3 sn=4 c=6 l=7 st=8 street=9 ou=11 title=12 description=13 postalCode=17 postOfficeBox=18 " +
      "physicalDeliveryOfficeName=19 telephoneNumber=20 facsimileTelephoneNumber=23 userCertificate=36 givenName=42 " +
      "initials=43 generationQualifier=44",
  ],
  [
    2, // 1.2.840.113556.1.2
    "instanceType=1 whenCreated=2 displayName=13 otherTelephone=18 isDeleted=48 objectVersion=76 info=81 " +
      "invocationId=115 co=131 department=141 company=146 showInAdvancedViewOnly=169 proxyAddresses=210 " +
      "adminDescription=226 extensionName=227 streetAddress=256 wWWHomePage=464 employeeNumber=610 employeeType=613 " +
      "personalTitle=615",
  ],
  [
    9, // 1.2.840.113556.1.4
    "name=1 userAccountControl=8 codePage=16 countryCode=25 employeeID=35 homeDirectory=44 homeDrive=45 scriptPath=62 " +
      "logonHours=64 lockoutThreshold=73 maxPwdAge=74 minPwdAge=78 minPwdLength=79 userWorkstations=86 unicodePwd=90 " +
      "pwdProperties=93 pwdHistoryLength=95 pwdLastSet=96 primaryGroupID=98 profilePath=139 objectSid=146 " +
      "adminCount=150 comment=156 accountExpires=159 sAMAccountName=221 division=261 sAMAccountType=302 " +
      "operatingSystem=363 operatingSystemVersion=364 systemFlags=375 dNSHostName=619 otherMobile=647 " +
      "userPrincipalName=656 lockoutTime=662 ipPhone=721 url=749 groupType=750 servicePrincipalName=771 " +
      "objectCategory=782 altSecurityIdentities=867 isCriticalSystemObject=868 gPLink=891 mS-DS-ConsistencyGuid=1360 " +
      "ms-DS-MachineAccountQuota=1411 lastLogonTimestamp=1696 isRecycled=2058 msDS-OptionalFeatureGUID=2062 " +
      "msDS-LastKnownRDN=2067",
  ],
  [21, "uid=1 mail=3 roomNumber=6 homePhone=20 dc=25 mobile=41 pager=42 jpegPhoto=60"], // 0.9.2342.19200300.100.1
  [22, "carLicense=1 departmentNumber=2 middleName=34 thumbnailPhoto=35 preferredLanguage=39"], // 2.16.840.1.113730.3.1
];

/** By lower-case attribute name. */
export const ATTRIBUTE_TYPES: ReadonlyMap<string, number> = new Map(
  ROWS.flatMap(([prefix, attributes]) =>
    attributes.split(" ").map((cell) => {
      const [name = "", arc = ""] = cell.split("=");
      return [name.toLowerCase(), prefix * 0x10000 + Number(arc)] as const;
    }),
  ),
);
