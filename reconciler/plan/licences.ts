/**
 * Licences. A licence is held like a membership: the product is the group, its direct holders are the members. What
 * differs: one that is inherited from a group counts as held and is never taken away directly, its service plans can be
 * switched off one by one, some attributes must be set before, and there are only so many seats.
 */
import { compareText } from "../model/identity.js";
import type { Reason } from "../model/intent.js";
import type { LedgerCurrent } from "../model/ledger.js";
import type { Anchor, ObservedGroup, ObservedLicence } from "../model/observed.js";
import type { Op, OpObject, Verb } from "../model/op.js";
import { sameValue } from "../model/value.js";
import type { CompiledEntitlement } from "../policy/compiled.js";
import { type Draft, draftFor } from "./drafts.js";
import { listNames } from "./findings.js";
import type { Findings, PlanInput, Subject, TargetView } from "./subject.js";

type Membership = LedgerCurrent["memberships"][string];

/** The verb that takes a member out, or a licence away. */
export function removalVerb(group: Pick<ObservedGroup, "licence">): Verb {
  return group.licence === undefined ? "remove-member" : "remove-licence";
}

export interface LicenceWish {
  readonly group: ObservedGroup & { readonly licence: ObservedLicence };
  readonly entitlement: CompiledEntitlement;
  readonly object: OpObject;
  /** What the ledger has of it. */
  readonly known: Membership | undefined;
  /** Entitlements of this product that the person has. */
  readonly granting: readonly CompiledEntitlement[];
  readonly needs: readonly Draft[];
}

/** Assigns the licence or corrects its service plans; null where it is held as wanted, directly or by a group. */
export function draftAssign(subject: Subject, wish: LicenceWish, reason: (because: string) => Reason): Draft | null {
  const { group, entitlement, object, known } = wish;
  const anchor = "anchor" in object ? object.anchor : null;
  const isHeld = anchor !== null && group.members.includes(anchor);
  if (!isHeld && anchor !== null && group.inherited?.includes(anchor) === true) return null;
  const plans = wantedPlans(group.licence, wish.granting);
  const seen = anchor === null ? [] : plansOf(group.licence, anchor);
  const isSame = isHeld && (plans === null || sameValue(seen, plans));
  const isConfirmed = known !== undefined && (plans === null || sameValue(known.disabledPlans ?? [], plans));
  if (isSame && isConfirmed) return null;
  const origin = originOf(isHeld, known, seen, plans);
  const drifted = isHeld && !isSame && origin !== "policy";
  return draftFor(subject, {
    verb: "assign-licence",
    object,
    slot: group.anchor,
    slotLabel: entitlement.group,
    before: { member: isHeld ? true : null, ...(isHeld && plans !== null ? { disabledPlans: seen } : {}) },
    after: { member: true, ...(plans === null ? {} : { disabledPlans: plans }) },
    ledgerOnly: isSame,
    origin,
    drift: drifted ? ["disabledPlans"] : [],
    reasons: [reason(becauseOf(wish, isHeld, isSame, plans))],
    needs: wish.needs,
  });
}

function becauseOf(wish: LicenceWish, isHeld: boolean, isSame: boolean, plans: readonly string[] | null): string {
  const { name } = wish.entitlement;
  const off = plans === null || plans.length === 0 ? "" : `, without ${planNames(wish.group.licence, plans)}`;
  if (isSame) return `entitled by ${name}; had it before${off}`;
  if (isHeld) return `service plans of ${name} differ: ${off === "" ? "all of them are on" : off.slice(2)}`;
  return `entitled by ${name}${off}${wish.known === undefined ? "" : "; somebody else removed it"}`;
}

function originOf(
  isHeld: boolean,
  known: Membership | undefined,
  seen: readonly string[],
  plans: readonly string[] | null,
): NonNullable<Op["origin"]> {
  if (known === undefined) return "policy";
  if (!isHeld) return "drift";
  const confirmed = known.disabledPlans ?? [];
  if (sameValue(confirmed, seen)) return "policy";
  return plans !== null && sameValue(confirmed, plans) ? "drift" : "both";
}

/**
 * Ids of the plans to be switched off: those that every entitlement of the product switches off which says anything about
 * plans, for whatever one of them grants is granted. null: none says anything.
 */
function wantedPlans(licence: ObservedLicence, granting: readonly CompiledEntitlement[]): readonly string[] | null {
  const lists = granting.flatMap(({ licence: rule }) => (rule?.disabledPlans == null ? [] : [rule.disabledPlans]));
  const [first, ...others] = lists.map((names) => names.flatMap((name) => planId(licence, name) ?? []));
  if (first === undefined) return null;
  return [...new Set(first)].filter((id) => others.every((list) => list.includes(id))).sort();
}

export function plansOf(licence: ObservedLicence, anchor: Anchor): readonly string[] {
  return [...(licence.disabledPlans[anchor] ?? [])].sort();
}

function planId(licence: ObservedLicence, nameOrId: string): string | undefined {
  const wanted = nameOrId.toLowerCase();
  const found = Object.entries(licence.plans).find(
    ([name, id]) => name.toLowerCase() === wanted || id.toLowerCase() === wanted,
  );
  return found?.[1];
}

function planNames(licence: ObservedLicence, ids: readonly string[]): string {
  const names = ids.map((id) => Object.entries(licence.plans).find(([, known]) => known === id)?.[0] ?? id);
  return names.sort().join(", ");
}

/** A service plan that the product does not have: switching it off would be refused, and with it the whole licence. */
export function reportPlans(
  view: TargetView,
  entitlement: CompiledEntitlement,
  licence: ObservedLicence,
  findings: Findings,
): void {
  const unknown = (entitlement.licence?.disabledPlans ?? []).filter((name) => planId(licence, name) === undefined);
  if (unknown.length === 0) return;
  findings.add({
    kind: "licence-plan-unknown",
    severity: "warning",
    identity: null,
    target: view.target.name,
    object: entitlement.group,
    what: `${entitlement.group} has no service plan ${unknown.join(", ")}, which entitlement ${entitlement.name} switches off: left out`,
    next: `Correct disabledPlans. It has: ${Object.keys(licence.plans).sort().join(", ")}.`,
  });
}

/**
 * Attributes that must have a value first (usageLocation): an assignment waits for the update or the create that sets it,
 * and is left out where nothing does. `missing` collects the names of people by attribute.
 */
export function awaitAttributes(
  subject: Subject,
  drafts: readonly Draft[],
  missing: Map<string, Set<string>>,
): readonly Draft[] {
  const needed = subject.target.capabilities.licenceNeeds ?? [];
  const isWaiting = ({ op }: Draft) => op.verb === "assign-licence" && !op.ledgerOnly;
  if (needed.length === 0 || !drafts.some(isWaiting)) return drafts;
  const lacking = needed.filter((name) => {
    const writer = drafts.find(({ op }) => (op.verb === "update" || op.verb === "create") && name in op.after);
    if (writer !== undefined) {
      for (const draft of drafts) if (isWaiting(draft)) draft.needs.push(writer);
      return writer.op.after[name] === null;
    }
    return subject.account?.attributes[name] === undefined;
  });
  for (const name of lacking) missing.set(name, (missing.get(name) ?? new Set()).add(subject.intent.label));
  return lacking.length === 0 ? drafts : drafts.filter((draft) => !isWaiting(draft));
}

export function reportMissing(
  view: TargetView,
  missing: ReadonlyMap<string, ReadonlySet<string>>,
  findings: Findings,
): void {
  for (const [name, people] of missing)
    findings.add({
      kind: "licence-needs-attribute",
      severity: "warning",
      identity: null,
      target: view.target.name,
      what: `licences that wait for a value of ${name}, which these accounts do not have: ${listNames([...people])}`,
      next: `Map ${name}, or fill in the field that it is made from.`,
    });
}

/** Whether Guards want a plan refused that assigns more licences than are free; otherwise some of them wait. */
export function refusesShortage(input: PlanInput): boolean {
  return input.policy.guards.some(({ value }) => value.seats === "refuse");
}

/**
 * Where more is assigned than is free, an assignment waits for a removal that frees its seat; and those that find none are
 * left out, in the order of names: first day, then key. `shortage: refuse` leaves them in, for the guard.
 */
export function shareSeats(
  view: TargetView,
  drafts: readonly Draft[],
  subjects: readonly Subject[],
  { shortage, findings }: { readonly shortage: "wait" | "refuse"; readonly findings: Findings },
): Draft[] {
  const bySku = gatherSeats(drafts);
  if (bySku.size === 0) return [...drafts];
  const starts = new Map(subjects.map(({ identity, intent }): [string, string] => [identity, intent.start]));
  const rank = ({ op }: Draft) => `${starts.get(op.identity ?? "") ?? ""}|${op.identity}`;
  const waiting = new Set<Draft>();
  for (const [sku, { assign, remove }] of bySku) {
    const group = view.groupByAnchor.get(sku);
    const free = freeSeats(group);
    const freeing = remove.filter((draft) => freesSeat(group, draft.op));
    assign.sort((a, b) => compareText(rank(a), rank(b)));
    for (const [i, draft] of assign.entries()) {
      const own = i < free ? [] : freeing.slice(i - free, i - free + 1);
      // Where more are in use than there are, the first removals free nothing.
      draft.needs.push(...(free < 0 ? freeing.slice(0, -free) : []), ...own);
    }
    const without = assign.slice(Math.max(0, free + freeing.length));
    if (shortage === "refuse" || without.length === 0 || group?.licence === undefined) continue;
    for (const draft of without) waiting.add(draft);
    reportShortage(view, { group: { ...group, licence: group.licence }, freed: freeing.length }, without, findings);
  }
  return waiting.size === 0 ? [...drafts] : drafts.filter((draft) => !waiting.has(draft));
}

interface SeatDrafts {
  readonly assign: Draft[];
  readonly remove: Draft[];
}

function gatherSeats(drafts: readonly Draft[]): Map<string, SeatDrafts> {
  const bySku = new Map<string, SeatDrafts>();
  for (const draft of drafts) {
    const { verb, slot, ledgerOnly, before } = draft.op;
    if (ledgerOnly || slot === null || (verb !== "assign-licence" && verb !== "remove-licence")) continue;
    const list = bySku.get(slot) ?? { assign: [], remove: [] };
    if (verb === "remove-licence") list.remove.push(draft);
    else if (before.member !== true) list.assign.push(draft);
    bySku.set(slot, list);
  }
  return bySku;
}

/** Fewer than none, where subscriptions ended while their seats were in use. */
export function freeSeats(group: Pick<ObservedGroup, "licence"> | undefined): number {
  return (group?.licence?.seats ?? 0) - (group?.licence?.used ?? 0);
}

function reportShortage(
  view: TargetView,
  { group, freed }: { readonly group: LicenceWish["group"]; readonly freed: number },
  without: readonly Draft[],
  findings: Findings,
): void {
  const { seats, used } = group.licence;
  const byPlan = freed === 0 ? "" : `, ${freed} of them freed by this plan`;
  findings.add({
    kind: "no-seat-left",
    severity: "warning",
    identity: null,
    target: view.target.name,
    object: group.address,
    what: `${without.length} wait for a seat of ${group.address} (${used} of ${seats} are in use${byPlan}): ${listNames(without.map(({ op }) => op.label))}`,
    next: "Buy seats, or take the licence from whoever does not need it; the next plan assigns them, whoever started first.",
  });
}

/** Whoever has the licence by a group too keeps the seat. */
export function freesSeat(group: ObservedGroup | undefined, { object }: Pick<Op, "object">): boolean {
  return "anchor" in object && group?.inherited?.includes(object.anchor) !== true;
}
