/**
 * Exclusive groups: members that no entitlement of the group grants are removed.
 *
 * Who counts as granted: whoever an entitlement of the group names in this plan, and whoever holds the membership by the
 * ledger in a stage that keeps memberships. Nothing changes for somebody who has vanished from HR, for an account that
 * this plan binds, and for one that may be that of a person whose match is in doubt. Members that are not accounts, and
 * accounts whose primary group it is, are never removed. An account of nobody is removed too: such an op has no identity.
 * Before the day `since`, and in the run that first finds the group exclusive (`firstRun: notify`), a finding says who
 * would be removed; that it was said is kept in the ledger's file of the group.
 */
import type { Reason } from "../model/intent.js";
import { ledgerKey } from "../model/ledger.js";
import type { ObservedAccount, ObservedGroup } from "../model/observed.js";
import type { OpDraft } from "../model/op.js";
import type { CompiledEntitlement } from "../policy/compiled.js";
import { formatInstant } from "../policy/time.js";
import { leafValue } from "../support/dn.js";
import { type Draft, draftFor } from "./drafts.js";
import { listNames } from "./findings.js";
import { removalVerb } from "./licences.js";
import type { Restraint } from "./restrain.js";
import type { Findings, PlanInput, Subject, TargetView } from "./subject.js";

export interface ExclusiveGroup {
  readonly group: ObservedGroup;
  readonly entitlement: CompiledEntitlement;
  /** Whether this plan removes; otherwise it says whom a later one would. */
  readonly removes: boolean;
  /** Members that a later plan would remove. */
  readonly waiting: Waiting[];
}

/** Exclusive groups of a target by anchor. `groups` is by entitlement. */
export function gatherExclusive(
  input: PlanInput,
  view: TargetView,
  groups: ReadonlyMap<string, ObservedGroup>,
): Map<string, ExclusiveGroup> {
  const out = new Map<string, ExclusiveGroup>();
  for (const entitlement of exclusiveEntitlements(input, view)) {
    const group = groups.get(entitlement.name);
    if (group === undefined || entitlement.exclusive === null || out.has(group.anchor)) continue;
    if (group.obstacle !== undefined) continue;
    const begun = input.asOf >= Date.parse(`${entitlement.exclusive.since}T00:00:00Z`);
    const told = entitlement.exclusive.firstRun === "remove" || isTold(input, view, entitlement);
    out.set(group.anchor, { group, entitlement, removes: begun && told, waiting: [] });
  }
  return out;
}

function exclusiveEntitlements(input: PlanInput, view: TargetView): CompiledEntitlement[] {
  const all = input.policy.mappings
    .filter((mapping) => mapping.target === view.target.name)
    .flatMap((mapping) => mapping.entitlements)
    .filter((entitlement) => entitlement.exclusive !== null);
  return [...new Map(all.map((entitlement) => [entitlement.name, entitlement])).values()];
}

function isTold(input: PlanInput, view: TargetView, entitlement: CompiledEntitlement): boolean {
  return input.ledger.exclusive.has(`${view.target.name}|${ledgerName(entitlement)}`);
}

/** A group and a product may have one name. */
function ledgerName({ group, licence }: CompiledEntitlement): string {
  return licence === null ? group : `licence:${group}`;
}

interface Waiting {
  readonly label: string;
  readonly address: string;
}

/** Removals of memberships that neither policy nor ledger know, for an account that somebody owns. */
export function removeExcess(
  exclusive: ReadonlyMap<string, ExclusiveGroup>,
  subject: Subject,
  wanted: ReadonlySet<string>,
): Draft[] {
  const { account } = subject;
  if (account === null || subject.intent.stage.stage === "vanished") return [];
  const known = subject.entry?.current?.memberships ?? {};
  return [...exclusive].flatMap(([anchor, rule]) => {
    if (wanted.has(anchor) || anchor in known || !isRemovable(rule.group, account.anchor)) return [];
    if (!rule.removes) {
      rule.waiting.push({ label: subject.intent.label, address: account.address });
      return [];
    }
    return [draftFor(subject, removal(rule))];
  });
}

function isRemovable(group: ObservedGroup, anchor: string): boolean {
  return group.members.includes(anchor) && group.primary?.includes(anchor) !== true;
}

function removal(rule: ExclusiveGroup) {
  return {
    verb: removalVerb(rule.group),
    slot: rule.group.anchor,
    slotLabel: rule.entitlement.group,
    before: { member: true },
    after: { member: null },
    origin: "policy" as const,
    reasons: [reasonOf(rule.entitlement, "the group is exclusive, and no entitlement of it grants this membership")],
  };
}

function reasonOf({ document }: CompiledEntitlement, because: string): Reason {
  const line = document.positions["/membership"]?.line ?? document.line;
  return { because, policy: { file: document.file, line } };
}

/** Removals of members whom no intent of this plan is about, and what has to be said of exclusive groups. */
export function diffExclusive(
  input: PlanInput,
  view: TargetView,
  subjects: readonly Subject[],
  exclusive: ReadonlyMap<string, ExclusiveGroup>,
  restraint: Restraint,
  findings: Findings,
): Draft[] {
  const drafts: Draft[] = [];
  const owned = new Set(subjects.flatMap((subject) => subject.account?.anchor ?? []));
  const doubtful = exclusive.size === 0 ? new Set<string>() : matchKeysInDoubt(subjects);
  for (const rule of exclusive.values()) {
    for (const anchor of rule.group.members) {
      const account = view.byAnchor.get(anchor);
      if (account === undefined || owned.has(anchor) || !isRemovable(rule.group, anchor)) continue;
      const draft = removeStranger(input, view, rule, account);
      if (draft === null) continue;
      const blocker = blockerOf(restraint, doubtful, account);
      if (blocker !== null) reportKept(view, rule, account, blocker, findings);
      else if (rule.removes) drafts.push(draft);
      else rule.waiting.push({ label: draft.op.label, address: account.address });
    }
    reportGroup(view, rule, findings);
  }
  return [...drafts, ...noteExclusive(input, view, exclusive)];
}

function removeStranger(
  input: PlanInput,
  view: TargetView,
  rule: ExclusiveGroup,
  account: ObservedAccount,
): Draft | null {
  const identity = view.boundTo.get(account.anchor) ?? null;
  const current = identity === null ? null : input.ledger.entries.get(ledgerKey(view.target.name, identity))?.current;
  if (current != null && rule.group.anchor in current.memberships) return null;
  const owner = current == null || identity === null ? NOBODY : { identity, mapping: current.mapping };
  const label = leafOf(account);
  return draftOf({
    ...bare(view),
    ...owner,
    ...removal(rule),
    object: { anchor: account.anchor },
    label,
    address: account.address,
  });
}

const NOBODY = { identity: null, mapping: null };

function bare(view: TargetView) {
  return { target: view.target.name, claims: [], releases: [], ledgerOnly: false };
}

function draftOf(op: OpDraft): Draft {
  return { op, needs: [] };
}

function leafOf(account: ObservedAccount): string {
  return account.container === null ? account.address : leafValue(account.address);
}

/** "attribute|value" of everything by which persons are matched whose match is in doubt. */
function matchKeysInDoubt(subjects: readonly Subject[]): Set<string> {
  const keys = subjects
    .filter((subject) => subject.binding === "blocked")
    .flatMap((subject) => subject.intent.match)
    .flatMap(({ attribute, values }) => values.map((value) => `${attribute}|${value.toLowerCase()}`));
  return new Set(keys);
}

function blockerOf(restraint: Restraint, doubtful: ReadonlySet<string>, account: ObservedAccount): string | null {
  const why = restraint.protectedAnchors.get(account.anchor);
  if (why !== undefined) return `the account is protected (${why})`;
  const inDoubt = Object.entries(account.attributes).some(
    ([name, value]) => typeof value === "string" && doubtful.has(`${name}|${value.toLowerCase()}`),
  );
  return inDoubt ? "it may be the account of somebody whose match is in doubt" : null;
}

function reportKept(
  view: TargetView,
  rule: ExclusiveGroup,
  account: ObservedAccount,
  blocker: string,
  findings: Findings,
): void {
  findings.add({
    kind: "held-back",
    severity: "critical",
    identity: view.boundTo.get(account.anchor) ?? null,
    target: view.target.name,
    object: account.address,
    what: `${removalVerb(rule.group)} of ${leafOf(account)} from the exclusive group ${rule.entitlement.group} held back: ${blocker}`,
    next: "Access that should end is still there: lift the protection, clear the doubt, or act by hand.",
  });
}

/** Sorted; of those that share a name the address is told too. */
function namesOf(waiting: readonly Waiting[]): string[] {
  const shared = (label: string) => waiting.filter((one) => one.label === label).length > 1;
  return waiting.map(({ label, address }) => (shared(label) ? `${label} (${address})` : label)).sort();
}

function reportGroup(view: TargetView, { group, entitlement, waiting }: ExclusiveGroup, findings: Findings): void {
  const about = { identity: null, target: view.target.name, object: group.address };
  if (group.others > 0)
    findings.add({
      ...about,
      kind: "members-not-accounts",
      severity: "warning",
      what: `${group.others} members of the exclusive group ${entitlement.group} are not accounts (groups, computers ...): they stay`,
      next: "Look at them: whoever is in a nested group has the same access. Remove them by hand, or make the group additive.",
    });
  if (waiting.length === 0) return;
  findings.add({
    ...about,
    kind: "exclusive-announced",
    severity: "warning",
    what: `${waiting.length} members of ${entitlement.group} are granted by no entitlement and will be removed: ${listNames(namesOf(waiting))}`,
    next: `Grant them the group by an Entitlement, or let the first run after ${entitlement.exclusive?.since} remove them.`,
  });
}

/** What the ledger has to learn: groups that were announced as exclusive, and those that are so no longer. */
function noteExclusive(input: PlanInput, view: TargetView, exclusive: ReadonlyMap<string, ExclusiveGroup>): Draft[] {
  const note = (name: string, anchor: string, since: string | null, reason: Reason) =>
    draftOf({
      ...bare(view),
      ...NOBODY,
      verb: "bind",
      object: { anchor },
      slot: "exclusive",
      slotLabel: name,
      before: { exclusive: input.ledger.exclusive.get(`${view.target.name}|${name}`) ?? null },
      after: { exclusive: since },
      ledgerOnly: true,
      label: name,
      address: view.groupByAnchor.get(anchor)?.address ?? null,
      reasons: [reason],
      origin: null,
    });
  const begun = [...exclusive.values()].flatMap(({ group, entitlement }) => {
    if (entitlement.exclusive?.firstRun !== "notify" || isTold(input, view, entitlement)) return [];
    const because = "the group is exclusive from now on; this run removes nobody";
    return [note(ledgerName(entitlement), group.anchor, formatInstant(input.asOf), reasonOf(entitlement, because))];
  });
  const named = new Set(exclusiveEntitlements(input, view).map(ledgerName));
  const ended = [...input.ledger.exclusive.keys()].flatMap((key) => {
    const name = key.slice(view.target.name.length + 1);
    const anchor = input.ledger.groups.get(key);
    if (!key.startsWith(`${view.target.name}|`) || named.has(name) || anchor === undefined) return [];
    return [note(name, anchor, null, { because: "no entitlement says any more that the group is exclusive" })];
  });
  return [...begun, ...ended];
}
