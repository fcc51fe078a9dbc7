/** The verbs on the account itself: state, place, deletion, tasks, adoption, and creation. */
import type { Op } from "../model/op.js";
import type { Value } from "../model/value.js";
import type { CompiledTarget } from "../policy/compiled.js";
import { addDuration, formatInstant, parseDuration, parseInstant } from "../policy/time.js";
import { missingContainers } from "./containers.js";
import { reportContainer } from "./diff-place.js";
import { attributeReason, type Draft, draftFor, driftOf, mappingReason, resourceOf, stageReason } from "./drafts.js";
import { freeClaim } from "./match.js";
import { type ResolveContext, resolveAttribute } from "./resolve.js";
import type { Findings, Subject, TargetView } from "./subject.js";
import { isSameAddress } from "./view.js";

/** Enable or disable. An account that somebody else disabled stays disabled until a Release (invariant 11). */
export function diffState(subject: Subject, released: { readonly isReleased: boolean }, findings: Findings): Draft[] {
  const { account, intent } = subject;
  const current = subject.entry?.current;
  if (account === null || current == null || intent.account === "keep") return [];
  const wanted = intent.account === "enabled";
  if (account.enabled === wanted) return [];
  if (wanted && current.disabledBy !== "muster" && !released.isReleased) {
    findings.add({
      kind: "foreign-disable",
      severity: "warning",
      identity: subject.identity,
      target: subject.target.name,
      object: account.address,
      what: `${intent.label} should work, but somebody else disabled the account; it stays disabled`,
      next: "If it should be enabled again, commit a Release for the worker.",
      drift: driftOf("enabled"),
    });
    return [];
  }
  const origin: Op["origin"] = (current.state === "enabled") === wanted ? "drift" : "policy";
  const reason = stageReason(subject);
  const because = origin === "drift" ? `${reason.because}; somebody else changed it` : reason.because;
  return [
    draftFor(subject, {
      verb: wanted ? "enable" : "disable",
      before: { enabled: account.enabled },
      after: { enabled: wanted },
      origin,
      drift: origin === "drift" ? ["enabled"] : [],
      reasons: [{ ...reason, because }],
    }),
  ];
}

/**
 * Deletion: never by inference. Muster disabled the account itself, the whole grace period is over (from the later of
 * last day and disable; for one never enabled, from its creation or disable), nothing lies below it, and target and
 * lifecycle both allow it.
 */
export function diffDeletion(subject: Subject, asOf: number): Draft | null {
  return subject.account?.hasChildren === true ? null : dueDeletion(subject, asOf);
}

/** An account whose time is over while objects lie below it would stay for ever, and nobody would know why. */
export function reportChildren(subject: Subject, asOf: number, findings: Findings): void {
  const { account, intent } = subject;
  if (account?.hasChildren !== true || dueDeletion(subject, asOf) === null) return;
  findings.add({
    kind: "delete-blocked",
    severity: "warning",
    identity: subject.identity,
    target: subject.target.name,
    object: account.address,
    what: `the account of ${intent.label} is due to be deleted, but objects lie below it; it stays, disabled`,
    next: "See what lies below it, and move or delete that by hand (devices that belong to the account, for instance); the next plan then deletes the account.",
  });
}

/** The deletion, whatever lies below the account; null where it is not due or not allowed. */
function dueDeletion(subject: Subject, asOf: number): Draft | null {
  const { account, intent, mapping } = subject;
  const current = subject.entry?.current;
  const after = mapping.lifecycle.delete?.after;
  if (account === null || current == null || after === undefined || account.enabled) return null;
  if (!(subject.target.document.value.allow ?? []).includes("delete")) return null;
  const gone = intent.stage.stage === "left" || intent.stage.stage === "out-of-scope" || intent.deleteIfNeverEnabled;
  if (!gone || intent.account !== "disabled" || (intent.deleteIfNeverEnabled && current.everEnabled)) return null;
  if (current.state !== "disabled" || current.disabledBy !== "muster") return null;
  const disabled = current.disabledAt === null ? parseInstant(current.boundAt) : parseInstant(current.disabledAt);
  const from = Math.max(disabled, intent.leftAt ?? 0);
  if (asOf < addDuration(from, parseDuration(after), intent.timezone)) return null;
  const document = mapping.lifecycleDocument;
  const line = document.positions["/delete/after"]?.line ?? document.line;
  const because = `disabled since ${formatInstant(from).slice(0, 10)}, grace period ${after.split(" ")[0]} is over`;
  return draftFor(subject, {
    verb: "delete",
    before: { enabled: false },
    after: retainedNames(subject, asOf),
    releases: Object.entries(current.names).map(([name, value]) => resourceOf(subject, name, value)),
    reasons: [{ because, policy: { file: document.file, line }, source: intent.source }],
  });
}

/** `retain:<space>` to "value|until", or several: names that nobody else may have until then, also those that were only found. */
function retainedNames(subject: Subject, asOf: number): Record<string, Value> {
  const out: Record<string, string | string[]> = {};
  for (const rule of subject.mapping.attributes) {
    const held = subject.account?.attributes[rule.name];
    const name = subject.entry?.current?.names[rule.name] ?? (typeof held === "string" ? held : undefined);
    const retain = rule.unique?.retain;
    if (name === undefined || retain == null) continue;
    const space = subject.target.capabilities.spaces[rule.name] ?? rule.name;
    const kept = `${name}|${formatInstant(addDuration(asOf, parseDuration(retain), "UTC"))}`;
    const others = out[`retain:${space}`];
    // The user principal name and the mail address are of one space, and often the same.
    const all = [...new Set([...(others === undefined ? [] : [others].flat()), kept])];
    out[`retain:${space}`] = all.length === 1 ? kept : all;
  }
  return out;
}

/** Adopts the object that matched: only the ledger is written, everything else waits for the next plan. */
export function draftBind(subject: Subject, unconfirmed: ReadonlySet<string>): Draft {
  const { account, intent } = subject;
  if (account === null) throw new RangeError(`nothing to bind for ${subject.identity}`);
  const claimed = subject.binding === "claim";
  const created = account.claim !== null && unconfirmed.has(account.claim);
  const rule = intent.match.find((match) => {
    const have = account.attributes[match.attribute];
    return typeof have === "string" && match.values.some((value) => value.toLowerCase() === have.toLowerCase());
  });
  const index = rule === undefined ? -1 : intent.match.indexOf(rule);
  const { link } = subject.mapping;
  const matches = link === null ? `matches by ${rule?.attribute ?? "?"}` : `synchronised from the account in ${link}`;
  const because = claimed ? "carries the claim of our own create" : matches;
  const pointer = link === null ? (index < 0 ? "" : `/match/${index}`) : "/account";
  return draftFor(subject, {
    verb: "bind",
    before: {},
    after: {
      anchor: account.anchor,
      enabled: account.enabled,
      ...(claimed ? { claim: account.claim } : {}),
      ...(claimed && created ? { created: true } : {}),
    },
    ledgerOnly: true,
    reasons: [mappingReason(subject, because, pointer)],
  });
}

/** The same account under another key: HR gave the person a personId, or another one. */
export function draftRekey(subject: Subject): Draft[] {
  const { entry, rekeyed, account } = subject;
  if (entry?.current == null || !rekeyed || (account === null && subject.binding !== "restore")) return [];
  return [
    draftRebind(subject, "identity", entry.identity, subject.identity, "HR identifies the person differently now"),
  ];
}

/** Another worker supplies the attributes. */
export function draftPrimary(subject: Subject): Draft[] {
  const { entry, intent } = subject;
  // Not while values are frozen: create-only values are written for the new primary, and this op is what tells them to.
  if (entry?.current == null || entry.current.primary === intent.primary || intent.frozen) return [];
  const because = `worker ${intent.primary} now supplies the attributes (before: ${entry.current.primary})`;
  return [draftRebind(subject, "primary", entry.current.primary, intent.primary, because)];
}

function draftRebind(subject: Subject, slot: string, before: string, after: string, because: string): Draft {
  return draftFor(subject, {
    verb: "bind",
    slot,
    before: { [slot]: before },
    after: { [slot]: after },
    object: { anchor: subject.entry?.current?.anchor ?? "" },
    ledgerOnly: true,
    reasons: [mappingReason(subject, because)],
  });
}

/**
 * What is as wanted while the ledger says otherwise, confirmed in one op that writes to the ledger only: what an account
 * held when it was bound, a value that HR and an administrator changed alike, a state that somebody else set first.
 * Without it drift could not be told from news, and an account that somebody else disabled could pass for ours.
 */
export function draftConfirm(subject: Subject, attributes: Readonly<Record<string, Value | null>>): Draft[] {
  const { account, intent } = subject;
  const current = subject.entry?.current;
  if (account === null || current == null) return [];
  const found: Record<string, Value | null> = { ...attributes };
  const { target } = subject;
  if (account.container !== null && isSamePlace(target, intent.container, account.container)) {
    if (!isSamePlace(target, current.container, account.container)) found.container = account.container;
  }
  const state = account.enabled ? "enabled" : "disabled";
  // Also where policy keeps what is there: whoever disables it after that is somebody else. A linked one is synchronisation's.
  const isKept = intent.account === "keep" && subject.mapping.link === null;
  const isWanted = isKept || intent.account === state;
  if (isWanted && current.state !== state) found.enabled = account.enabled;
  if (Object.keys(found).length === 0) return [];
  return [
    draftFor(subject, {
      verb: "bind",
      slot: "found",
      before: {},
      after: found,
      ledgerOnly: true,
      reasons: [mappingReason(subject, "found as wanted; only recorded")],
    }),
  ];
}

function isSamePlace(target: CompiledTarget, container: string | null, other: string): boolean {
  return container !== null && isSameAddress(target, container, other);
}

/** The ledger lets go of a linked account whose source is no more. */
export function draftRetire(subject: Subject): Draft {
  const anchor = subject.entry?.current?.anchor ?? "";
  const because = `the account in ${subject.mapping.link} from which it came was deleted or replaced`;
  return draftFor(subject, {
    verb: "unbind",
    object: { anchor },
    before: { anchor },
    after: { why: "source-gone" },
    ledgerOnly: true,
    reasons: [mappingReason(subject, because, "/account")],
  });
}

export function draftUnbind(subject: Subject): Draft {
  const anchor = subject.account?.anchor ?? "";
  const because = "the person came back after the rehire period: policy makes a new account";
  return draftFor(subject, {
    verb: "unbind",
    before: { anchor },
    after: { why: "reprovisioned" },
    ledgerOnly: true,
    reasons: [{ ...mappingReason(subject, because), policy: rehirePlace(subject) }],
  });
}

function rehirePlace(subject: Subject): { file: string; line: number } {
  const document = subject.mapping.lifecycleDocument;
  return { file: document.file, line: document.positions["/rehire"]?.line ?? document.line };
}

export interface Creation {
  readonly create: Draft;
  /** References to people who are created in the same plan: written when both exist. */
  readonly later: readonly Draft[];
}

/** The create with its full map, or null with a finding when something it needs is missing. */
export function draftCreate(
  context: ResolveContext,
  view: TargetView,
  subject: Subject,
  isPending: (identity: string) => boolean,
): Creation | null {
  const { intent, target } = subject;
  const missing = target.capabilities.required.filter(
    (name) => target.capabilities.spaces[name] !== undefined && !context.allotment.of(subject).has(name),
  );
  if (missing.length > 0 || context.allotment.failed.has(subject)) return null;
  let newContainers: readonly string[] = [];
  if (target.capabilities.containers === "dn") {
    const missing = intent.container === null ? null : missingContainers(view, intent.container);
    if (missing === null) {
      reportContainer(subject, intent.container ?? "(no container)", context.findings);
      return null;
    }
    newContainers = missing;
  }
  const generation = (subject.entry?.former.length ?? 0) + (subject.account === null ? 0 : 1);
  const object = { claim: freeClaim(view, subject.identity, generation) };
  const after: Record<string, Value | null> = {};
  const later: Draft[] = [];
  for (const rule of subject.mapping.attributes) {
    const wanted = resolveAttribute(context, subject, rule);
    if (wanted?.kind !== "set") continue;
    const value = wanted.value;
    if (rule.reference !== null && typeof value === "object" && "ref" in value && isPending(value.ref)) {
      const reasons = [attributeReason(subject, rule.name, "reference to an account made in the same plan")];
      const before = { [rule.name]: null };
      later.push(
        draftFor(subject, {
          verb: "update",
          slot: rule.name,
          object,
          before,
          after: { [rule.name]: value },
          origin: "policy",
          reasons,
        }),
      );
    } else after[rule.name] = value;
  }
  if (intent.container !== null) after.container = intent.container;
  after.enabled = intent.account === "enabled";
  const names = [...context.allotment.of(subject)].map(([name, value]) => resourceOf(subject, name, value));
  const create = draftFor(subject, {
    verb: "create",
    object,
    before: {},
    after,
    claims: names,
    newContainers,
    reasons: [stageReason(subject)],
  });
  return { create, later };
}
