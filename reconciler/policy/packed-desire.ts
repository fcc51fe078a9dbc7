/**
 * The form in which an identity's result is kept between runs. It holds what was computed for this one identity, and
 * nothing that its reader knows anyway: identity and worker files (they are in the key), attribute names and what the
 * stage orders (they follow from the policies, whose digest is in the key too). A plan of many thousands reads them
 * all, so what counts is how much text is parsed and how many objects live: those that are equal are shared.
 */
import type { IdentityKey, Stage } from "../model/identity.js";
import type { AttributeIntent, Candidate, IdentityDesire, Intent, Operand } from "../model/intent.js";
import type { WorkerFile } from "../model/worker.js";
import type { CompiledMapping } from "./compiled.js";
import { type StageOrders, stageOrders } from "./stage-orders.js";

/** JSON. A number in the place of a text or a list is said where it occurs. */
export type PackedDesire = readonly [
  span: readonly [from: number, until: number | null],
  findings: IdentityDesire["findings"] | 0,
  /** Which of the identity's workers is the primary one. */
  primary: number,
  /** Whether anybody of them is in scope, and whether the stage's orders are those of a primary worker who is. */
  inScope: readonly [anybody: 0 | 1, primary: 0 | 1],
  label: string,
  timezone: string,
  stage: readonly [stage: Stage, because: string, nextAt: number | null, since: number | null],
  start: string,
  leftAt: number | null,
  rehire: Intent["rehire"],
  /** Per rule: the values, or the only one. */
  match: readonly (string | readonly string[])[],
  container: string | null,
  /** In the order of the mapping. */
  attributes: readonly PackedAttribute[],
  /** Entitlement, and which of the workers holds it. */
  entitled: readonly (readonly [entitlement: string, worker: number])[],
];

/** A text that is set, 0 for unmanaged, candidates as a list of texts or operands, all else as it is. */
type PackedAttribute = string | 0 | readonly (string | Operands)[] | AttributeIntent;
type Operands = Readonly<Record<string, Operand>>;

/** Different values of one attribute that are shared: departments and cities, not names. */
const MAX_SHARED = 200;

/** Packs and unpacks for one mapping. What it gives shares its parts: nobody changes an intent. */
export class DesirePacker {
  readonly #mapping: CompiledMapping;
  readonly #orders = new Map<string, StageOrders>();
  readonly #texts = new Map<string, string>();
  readonly #attributes: readonly { readonly name: string; readonly known: Map<string, AttributeIntent> }[];

  constructor(mapping: CompiledMapping) {
    this.#mapping = mapping;
    this.#attributes = mapping.attributes.map(({ name }) => ({ name, known: new Map() }));
  }

  pack({ intent, findings, validFrom, validUntil }: IdentityDesire): PackedDesire {
    const { stage } = intent;
    return [
      [validFrom, validUntil],
      findings.length === 0 ? 0 : findings,
      intent.workers.indexOf(intent.primary),
      [intent.inScope ? 1 : 0, intent.create || intent.bind ? 1 : 0],
      intent.label,
      intent.timezone,
      [stage.stage, stage.because, stage.nextAt, stage.since],
      intent.start,
      intent.leftAt,
      intent.rehire,
      intent.match.map(({ values }) => (values.length === 1 ? (values[0] as string) : values)),
      intent.container,
      this.#attributes.map(({ name }) => packAttribute(intent.attributes[name])),
      intent.entitled.map(({ entitlement, worker }) => [entitlement, intent.workers.indexOf(worker)]),
    ];
  }

  /** `files`: those of the identity, in the order in which they were when it was packed. null: they are others. */
  unpack(packed: PackedDesire, identity: IdentityKey, files: readonly WorkerFile[]): IdentityDesire | null {
    const [span, findings, primary, inScope, label, timezone, stage, start, leftAt, rehire, match, container] = packed;
    const file = files[primary];
    if (file === undefined) return null;
    const orders = this.#ordersOf(stage[0], inScope[1]);
    const intent: Intent = {
      identity,
      mapping: this.#mapping.name,
      target: this.#mapping.target,
      workers: files.map(({ key }) => key),
      primary: file.key,
      source: { file: file.file, blob: file.blob },
      label,
      timezone: this.#share(timezone),
      stage: { stage: stage[0], because: stage[1], nextAt: stage[2], since: stage[3] },
      inScope: inScope[0] === 1,
      start,
      ...orders,
      leftAt,
      rehire,
      match: match.map((values, i) => ({
        attribute: this.#mapping.match[i]?.attribute ?? "",
        values: typeof values === "string" ? [values] : values,
      })),
      container: container === null ? null : this.#share(container),
      attributes: this.#unpackAttributes(packed[12]),
      entitled: packed[13].map(([entitlement, i]) => ({ entitlement, worker: (files[i] ?? file).key })),
    };
    return { intent, findings: findings === 0 ? [] : findings, validFrom: span[0], validUntil: span[1] };
  }
  #ordersOf(stage: Stage, inScope: 0 | 1): StageOrders {
    const key = `${stage} ${inScope}`;
    const orders = this.#orders.get(key) ?? stageOrders(this.#mapping, stage, { inScope: inScope === 1 });
    this.#orders.set(key, orders);
    return orders;
  }

  #share(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size < MAX_SHARED) this.#texts.set(text, text);
    return text;
  }

  #unpackAttributes(packed: readonly PackedAttribute[]): Intent["attributes"] {
    const attributes: Record<string, AttributeIntent> = {};
    for (const [i, { name, known }] of this.#attributes.entries()) {
      const one = packed[i];
      if (typeof one === "string") attributes[name] = setTo(one, known);
      else if (isCandidates(one)) attributes[name] = { kind: "candidates", list: one.map(unpackCandidate) };
      else if (one !== 0 && one !== undefined) attributes[name] = one.kind === "clear" ? CLEAR : one;
    }
    return attributes;
  }
}

const CLEAR: AttributeIntent = { kind: "clear" };

function setTo(value: string, known: Map<string, AttributeIntent>): AttributeIntent {
  const shared = known.get(value);
  if (shared !== undefined) return shared;
  const intent: AttributeIntent = { kind: "set", value };
  if (known.size < MAX_SHARED) known.set(value, intent);
  return intent;
}

function packAttribute(intent: AttributeIntent | undefined): PackedAttribute {
  if (intent === undefined) return 0;
  if (intent.kind === "set" && typeof intent.value === "string") return intent.value;
  if (intent.kind !== "candidates") return intent;
  return intent.list.map((candidate) => ("text" in candidate ? candidate.text : candidate.inputs));
}

function unpackCandidate(packed: string | Operands): Candidate {
  return typeof packed === "string" ? { text: packed } : { inputs: packed };
}

function isCandidates(packed: PackedAttribute | undefined): packed is readonly (string | Operands)[] {
  return Array.isArray(packed);
}
