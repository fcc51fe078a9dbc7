/** Whether the schema has what mappings, claim and match name, in the form in which Muster takes it. */
import { OrFilter } from "ldapts";
import type { Check, NeededAttribute, Needs } from "../../../model/check.js";
import { ok, problem, unknown, warning } from "../../doctor/findings.js";
import { decodeGuid } from "../codec.js";
import { textOf } from "../read.js";
import type { Entry } from "../search.js";
import type { Session } from "../session.js";
import { ask, equals } from "./ask.js";

export interface AttributeRow {
  readonly name: string;
  /** schemaIDGUID, and attributeSecurityGUID: the property set it belongs to. */
  readonly guids: readonly string[];
  readonly single: boolean;
  readonly rangeUpper: number | null;
  /** searchFlags fATTINDEX (MS-ADTS 2.2.10). */
  readonly indexed: boolean;
}

/** By lDAPDisplayName in lower case; null where the schema cannot be read at all. */
export type Schema = ReadonlyMap<string, AttributeRow> | null;

const INDEXED = 0x1;
/** "muster-" and 24 hex digits. */
const CLAIM_LENGTH = 31;
/** Attributes that the schema calls multi-valued and SAM keeps single on accounts (MS-SAMR 3.1.1.6). */
const SINGLE_BY_SAM = ["description"];
/** The schema says 256, SAM allows 20 for accounts (MS-SAMR 3.1.1.6). */
const SHORTER_BY_SAM = ["samaccountname"];

export async function readSchema(session: Session, schemaDn: string, names: readonly string[]): Promise<Schema> {
  const attributes = [
    "lDAPDisplayName",
    "schemaIDGUID",
    "attributeSecurityGUID",
    "isSingleValued",
    "rangeUpper",
    "searchFlags",
  ];
  // objectClass stands for a schema that can be read: every forest has it.
  const filters = [...names, "objectClass"].map((name) => equals("lDAPDisplayName", name));
  const entries = await ask(session, { base: schemaDn, scope: "one", filter: new OrFilter({ filters }), attributes });
  const rows = new Map(entries.flatMap(toRow).map((row) => [row.name.toLowerCase(), row]));
  return rows.has("objectclass") ? rows : null;
}

function toRow(entry: Entry): AttributeRow[] {
  const name = textOf(entry, "lDAPDisplayName");
  if (name === undefined) return [];
  const guids = ["schemaidguid", "attributesecurityguid"].flatMap((key) => entry.values.get(key) ?? []);
  const upper = textOf(entry, "rangeUpper");
  return [
    {
      name,
      guids: guids.map(decodeGuid),
      single: textOf(entry, "isSingleValued") !== "FALSE",
      rangeUpper: upper === undefined ? null : Number(upper),
      indexed: (Number(textOf(entry, "searchFlags") ?? "0") & INDEXED) !== 0,
    },
  ];
}

export function examineSchema(schema: Schema, needs: Needs, claim: string): Check[] {
  if (schema === null)
    return [unknown("schema", null, "the schema cannot be read, so attributes are not checked against it")];
  const findings = needs.attributes.flatMap((needed) => examineAttribute(schema, needed));
  const good = needs.attributes.length - new Set(findings.map((finding) => finding.subject)).size;
  const checks =
    good === 0 ? [] : [ok("schema", null, `${good} of ${needs.attributes.length} attributes fit the schema`)];
  return [...checks, ...findings, ...examineClaim(schema, claim)];
}

function examineAttribute(schema: ReadonlyMap<string, AttributeRow>, needed: NeededAttribute): Check[] {
  const { name, multi, maxLength } = needed;
  const row = schema.get(name.toLowerCase());
  if (row === undefined) {
    const remedy = "Correct the name in the mapping, or extend the schema of the forest.";
    return [problem("schema", name, "is not an attribute of this directory", remedy)];
  }
  const checks: Check[] = [];
  if (multi && row.single)
    checks.push(problem("schema", name, "holds one value, and Muster would write several", "Map one value only."));
  if (!multi && !row.single && !SINGLE_BY_SAM.includes(name)) {
    const remedy = "Map it only where nobody else adds values; a second value is seen as drift.";
    checks.push(warning("schema", name, "holds several values, and Muster takes it for one", remedy));
  }
  const { rangeUpper } = row;
  const isKnown = SHORTER_BY_SAM.includes(name.toLowerCase());
  if (rangeUpper !== null && maxLength !== null && maxLength > rangeUpper && !isKnown) {
    const remedy = `Cut the value in the mapping, or set maxLength to ${rangeUpper} where it is a name.`;
    checks.push(warning("schema", name, `holds ${rangeUpper} characters, and policies allow ${maxLength}`, remedy));
  }
  return checks;
}

function examineClaim(schema: ReadonlyMap<string, AttributeRow>, claim: string): Check[] {
  const row = schema.get(claim.toLowerCase());
  if (row === undefined)
    return [problem("claim", claim, "is not an attribute of this directory", "Name another attribute as claim.")];
  if (row.rangeUpper !== null && row.rangeUpper < CLAIM_LENGTH) {
    const what = `holds ${row.rangeUpper} characters, and a claim has ${CLAIM_LENGTH}`;
    return [problem("claim", claim, what, "Name another attribute as claim, employeeNumber for instance.")];
  }
  if (row.indexed) return [ok("claim", claim, "is indexed")];
  return [ok("claim", claim, "is not indexed; it is searched only where a create was refused or its reply was lost")];
}
