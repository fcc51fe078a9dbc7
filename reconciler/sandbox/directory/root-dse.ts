/** The rootDSE (MS-ADTS 3.1.1.3.2): what everybody may read, bound or not. */
import type { Directory } from "./directory.js";
import { formatTime } from "./identifiers.js";
import type { OutputAttribute } from "./messages.js";
import { CONTROL } from "./searching.js";

/** Active Directory capabilities: AD DS, 2003, 2008 R2, 2012 (MS-ADTS 3.1.1.3.3). */
const CAPABILITIES = ["800", "1670", "1935", "2080", "2237"].map((arc) => `1.2.840.113556.1.4.${arc}`);

/** Attributes of the rootDSE, those asked for or all. */
export function rootDse(directory: Directory, names: readonly string[]): OutputAttribute[] {
  const { naming } = directory;
  const level = "7";
  const all: Record<string, readonly string[]> = {
    currentTime: [formatTime(directory.now())],
    subschemaSubentry: [`CN=Aggregate,${naming.schemaDn}`],
    dsServiceName: [naming.dsServiceDn],
    namingContexts: [naming.baseDn, naming.configurationDn, naming.schemaDn],
    defaultNamingContext: [naming.baseDn],
    rootDomainNamingContext: [naming.baseDn],
    configurationNamingContext: [naming.configurationDn],
    schemaNamingContext: [naming.schemaDn],
    supportedControl: Object.values(CONTROL),
    supportedLDAPVersion: ["3"],
    supportedLDAPPolicies: ["MaxPageSize", "MaxValRange"],
    supportedSASLMechanisms: [],
    supportedCapabilities: CAPABILITIES,
    supportedExtension: ["1.3.6.1.4.1.4203.1.11.3"],
    highestCommittedUSN: [String(directory.counters.usn)],
    dnsHostName: [naming.dnsHostName],
    ldapServiceName: [`${naming.dnsDomain}:dc1$@${naming.dnsDomain.toUpperCase()}`],
    serverName: [naming.dsServiceDn.replace(/^CN=NTDS Settings,/, "")],
    isSynchronized: ["TRUE"],
    isGlobalCatalogReady: ["TRUE"],
    domainFunctionality: [level],
    forestFunctionality: [level],
    domainControllerFunctionality: [level],
  };
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const everything = names.length === 0 || wanted.has("*") || wanted.has("+");
  return Object.entries(all)
    .filter(([name, values]) => values.length > 0 && (everything || wanted.has(name.toLowerCase())))
    .map(([name, values]) => ({ name, values }));
}
