/** Builds op drafts for one subject, so that every verb gets its reasons, label and object in the same way. */
import type { Drift } from "../model/drift.js";
import type { Reason } from "../model/intent.js";
import type { Op, OpDraft, OpObject, Values, Verb } from "../model/op.js";
import { foldName } from "../policy/names.js";
import type { Subject } from "./subject.js";

/** A draft and what it depends on, by draft; ids exist only once all drafts are known. */
export interface Draft {
  readonly op: OpDraft;
  readonly needs: Draft[];
}

export interface DraftParts {
  readonly verb: Verb;
  readonly before: Values;
  readonly after: Values;
  readonly slot?: string | null;
  readonly slotLabel?: string | null;
  readonly claims?: readonly string[];
  readonly releases?: readonly string[];
  readonly ledgerOnly?: boolean;
  readonly reasons: readonly Reason[];
  readonly origin?: Op["origin"];
  /** Keys of the values that somebody else changed. */
  readonly drift?: readonly string[];
  readonly needs?: readonly Draft[];
  readonly object?: OpObject;
  readonly newContainers?: readonly string[];
}

export function draftFor(subject: Subject, parts: DraftParts): Draft {
  const object = parts.object ?? (subject.account === null ? null : { anchor: subject.account.anchor });
  if (object === null) throw new RangeError(`no object for ${parts.verb} of ${subject.identity}`);
  return {
    needs: [...(parts.needs ?? [])],
    op: {
      target: subject.target.name,
      verb: parts.verb,
      object,
      identity: subject.identity,
      mapping: subject.mapping.name,
      slot: parts.slot ?? null,
      before: parts.before,
      after: parts.after,
      ...(parts.newContainers === undefined || parts.newContainers.length === 0
        ? {}
        : { newContainers: parts.newContainers }),
      claims: parts.claims ?? [],
      releases: parts.releases ?? [],
      ledgerOnly: parts.ledgerOnly ?? false,
      label: subject.intent.label,
      address: "anchor" in object ? (subject.account?.address ?? null) : null,
      slotLabel: parts.slotLabel ?? null,
      reasons: parts.reasons,
      origin: parts.origin ?? null,
      ...(parts.drift === undefined || parts.drift.length === 0 ? {} : { drift: driftOf(...parts.drift) }),
    },
  };
}

/** Values that somebody else changed; when is asked later, of the target. */
export function driftOf(...attributes: readonly string[]): Drift[] {
  return attributes.map((attribute) => ({ attribute }));
}

/** Why an account is in a state: the stage, with the place in the lifecycle that says what the stage means. */
export function stageReason(subject: Subject): Reason {
  const { intent, mapping } = subject;
  const document = mapping.lifecycleDocument;
  const line = document.positions[`/${intent.stage.stage}`]?.line ?? document.line;
  return {
    because: `${intent.stage.stage}: ${intent.stage.because}`,
    policy: { file: document.file, line },
    source: intent.source,
  };
}

export function attributeReason(subject: Subject, name: string, because: string): Reason {
  const rule = subject.mapping.attribute.get(name);
  return {
    because,
    ...(rule === undefined ? {} : { policy: { file: rule.file, line: rule.line } }),
    ...(rule === undefined || rule.hrPaths.length === 0 ? {} : { fields: rule.hrPaths }),
    source: subject.intent.source,
  };
}

export function mappingReason(subject: Subject, because: string, pointer = ""): Reason {
  const document = subject.mapping.document;
  const line = document.positions[pointer]?.line ?? document.line;
  return { because, policy: { file: document.file, line }, source: subject.intent.source };
}

/** Resource text of a name: what ops claim and release. */
export function resourceOf(subject: Subject, attribute: string, value: string): string {
  const space = subject.target.capabilities.spaces[attribute] ?? attribute;
  return `${subject.target.name}|${space}|${foldName(value)}`;
}
