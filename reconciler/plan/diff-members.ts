/**
 * Memberships. The ledger remembers which memberships are ours (granted) and which were there when policy first asked
 * for them (found); only those are ever taken away. A member that another party added is not ours and stays.
 */

import type { Reason } from "../model/intent.js";
import type { LedgerCurrent } from "../model/ledger.js";
import type { ObservedGroup } from "../model/observed.js";
import type { OpObject } from "../model/op.js";
import type { Finding } from "../model/plan.js";
import type { CompiledEntitlement } from "../policy/compiled.js";
import { type Draft, draftFor, stageReason } from "./drafts.js";
import { type ExclusiveGroup, removeExcess } from "./exclusive.js";
import { draftAssign, type LicenceWish, reportPlans } from "./licences.js";
import type { Findings, PlanInput, Subject, TargetView } from "./subject.js";
import { sameAddress } from "./view.js";

/** Groups by entitlement: the ledger's anchor from the first run on, the name until then. Missing ones are findings. */
export function resolveGroups(input: PlanInput, view: TargetView, findings: Findings): Map<string, ObservedGroup> {
  const out = new Map<string, ObservedGroup>();
  const seen = new Set<string>();
  for (const mapping of input.policy.mappings.filter((m) => m.target === view.target.name)) {
    for (const entitlement of mapping.entitlements) {
      if (seen.has(entitlement.name)) continue;
      seen.add(entitlement.name);
      const group = findGroup(input, view, entitlement);
      if (group !== undefined && (group.managed || group.licence !== undefined)) {
        out.set(entitlement.name, group);
        if (group.licence !== undefined) reportPlans(view, entitlement, group.licence, findings);
        if (group.protected !== undefined) reportProtected(view, entitlement, group.protected, findings);
        if (group.obstacle !== undefined) reportObstacle(view, entitlement, group, findings);
      } else reportGroup(view, entitlement, group, findings);
    }
  }
  return out;
}

function findGroup(input: PlanInput, view: TargetView, entitlement: CompiledEntitlement): ObservedGroup | undefined {
  if (entitlement.licence !== null) return view.licenceByName.get(entitlement.group.toLowerCase());
  const anchor = input.ledger.groups.get(`${view.target.name}|${entitlement.group}`);
  if (anchor !== undefined) return view.groupByAnchor.get(anchor);
  return view.groupByName.get(sameAddress(view.target)(entitlement.group));
}

function reportGroup(
  view: TargetView,
  entitlement: CompiledEntitlement,
  group: ObservedGroup | undefined,
  findings: Findings,
): void {
  const isLicence = entitlement.licence !== null;
  const noun = isLicence ? "licence" : "group";
  const missing = isLicence ? "is not among the subscriptions of the tenant" : "does not exist";
  const problem = group === undefined ? missing : "lies outside the managed groups";
  reportUnusable(view, entitlement, findings, {
    what: `the ${noun} of entitlement ${entitlement.name} ${problem}`,
    next: isLicence
      ? "Correct the sku, or subscribe to the product."
      : "Create the group, or correct the Entitlement or the Target's managed groups.",
  });
}

function reportObstacle(
  view: TargetView,
  entitlement: CompiledEntitlement,
  { obstacle, unreadable }: ObservedGroup,
  findings: Findings,
): void {
  reportUnusable(view, entitlement, findings, {
    what: `the members of the group of entitlement ${entitlement.name} cannot be written (${obstacle})`,
    next:
      unreadable === true
        ? "Let Muster read the members; a group that has none gets its first one by hand."
        : "Name a group whose members are assigned by hand, or grant this access where the members come from.",
  });
}

function reportProtected(view: TargetView, entitlement: CompiledEntitlement, why: string, findings: Findings): void {
  reportUnusable(view, entitlement, findings, {
    what: `the group of entitlement ${entitlement.name} is protected (${why}), and nobody is added to it`,
    next: "Take the group out of the protected one, or grant this access by hand.",
  });
}

function reportUnusable(
  view: TargetView,
  { group }: CompiledEntitlement,
  findings: Findings,
  { what, next }: Pick<Finding, "what" | "next">,
): void {
  const about = { identity: null, target: view.target.name, object: group };
  findings.add({ kind: "group-unusable", severity: "warning", ...about, what: `${what}: ${group}`, next });
}

/** What is known of the groups and licences of a target: by entitlement, their members and the exclusive ones by anchor. */
export interface GroupKnowledge {
  readonly groups: ReadonlyMap<string, ObservedGroup>;
  readonly memberSets: ReadonlyMap<string, ReadonlySet<string>>;
  readonly exclusive: ReadonlyMap<string, ExclusiveGroup>;
}

/** Membership drafts of one subject. `object` is the account, or the claim of its create. */
export function diffMembers(
  view: TargetView,
  { groups, memberSets, exclusive }: GroupKnowledge,
  subject: Subject,
  object: OpObject,
  needs: readonly Draft[],
  findings: Findings,
): Draft[] {
  const { intent } = subject;
  if (intent.memberships === "keep") return removeExcess(exclusive, subject, new Set());
  const known: LedgerCurrent["memberships"] = subject.entry?.current?.memberships ?? {};
  const drafts: Draft[] = [];
  const wanted = new Set<string>();
  if (intent.memberships === "grant") {
    for (const { entitlement: name } of intent.entitled) {
      const group = groups.get(name);
      if (group === undefined || wanted.has(group.anchor)) continue;
      wanted.add(group.anchor);
      const isMember = "anchor" in object && memberSets.get(group.anchor)?.has(object.anchor) === true;
      if ((group.protected ?? group.obstacle) !== undefined && !isMember) continue;
      const add =
        group.licence === undefined
          ? draftAdd(subject, object, group, name, isMember, group.anchor in known, needs)
          : wishLicence(subject, object, { ...group, licence: group.licence }, name, groups, needs);
      if (add !== null) drafts.push(add);
    }
  }
  for (const [anchor, membership] of Object.entries(known)) {
    if (wanted.has(anchor)) continue;
    const remove = draftRemove(view, memberSets, subject, anchor, membership, findings);
    if (remove !== null) drafts.push(remove);
  }
  return [...drafts, ...removeExcess(exclusive, subject, wanted)];
}

function wishLicence(
  subject: Subject,
  object: OpObject,
  group: LicenceWish["group"],
  name: string,
  groups: ReadonlyMap<string, ObservedGroup>,
  needs: readonly Draft[],
): Draft | null {
  const held = new Set(subject.intent.entitled.map(({ entitlement }) => entitlement));
  const granting = subject.mapping.entitlements.filter(
    (one) => held.has(one.name) && groups.get(one.name)?.anchor === group.anchor,
  );
  const entitlement = granting.find((one) => one.name === name);
  if (entitlement === undefined) return null;
  const known = subject.entry?.current?.memberships[group.anchor];
  return draftAssign(subject, { group, entitlement, object, known, granting, needs }, (because) =>
    entitlementReason(subject, name, because),
  );
}

function entitlementReason(subject: Subject, name: string, because: string): Reason {
  const document = subject.mapping.entitlements.find((entitlement) => entitlement.name === name)?.document;
  if (document === undefined) return { because, source: subject.intent.source };
  return { because, policy: { file: document.file, line: document.line }, source: subject.intent.source };
}

function draftAdd(
  subject: Subject,
  object: OpObject,
  group: ObservedGroup,
  entitlement: string,
  isMember: boolean,
  isKnown: boolean,
  needs: readonly Draft[],
): Draft | null {
  if (isMember && isKnown) return null;
  const because = isMember
    ? `entitled by ${entitlement}; was a member before`
    : isKnown
      ? `entitled by ${entitlement}; somebody else removed it`
      : `entitled by ${entitlement}`;
  return draftFor(subject, {
    verb: "add-member",
    object,
    slot: group.anchor,
    slotLabel: groupNameOf(subject, entitlement, group),
    before: { member: isMember ? true : null },
    after: { member: true },
    ledgerOnly: isMember,
    origin: isKnown ? "drift" : "policy",
    reasons: [entitlementReason(subject, entitlement, because)],
    needs,
  });
}

/** The name as the entitlement writes it: records learn the anchor of that name from the op. */
function groupNameOf(subject: Subject, entitlement: string, group: ObservedGroup): string {
  return subject.mapping.entitlements.find((e) => e.name === entitlement)?.group ?? group.address;
}

function draftRemove(
  view: TargetView,
  memberSets: ReadonlyMap<string, ReadonlySet<string>>,
  subject: Subject,
  anchor: string,
  membership: LedgerCurrent["memberships"][string],
  findings: Findings,
): Draft | null {
  const isLicence = membership.disabledPlans !== undefined;
  const rule = subject.mapping.entitlements.find(
    (entitlement) => entitlement.group === membership.group && (entitlement.licence !== null) === isLicence,
  );
  const onLoss = rule?.onLoss ?? "remove-granted";
  const group = view.groupByAnchor.get(anchor);
  const isMember = subject.account !== null && memberSets.get(anchor)?.has(subject.account.anchor) === true;
  const isPrimary = group?.primary?.includes(subject.account?.anchor ?? "") === true;
  const stays = isPrimary || onLoss === "keep" || (onLoss === "remove-granted" && membership.origin === "found");
  const writes = isMember && !stays && (group?.managed === true || isLicence);
  const isHidden = group?.unreadable === true && !stays;
  if ((writes || isHidden) && group?.obstacle !== undefined) {
    reportKept(subject, membership.group, group.obstacle, findings);
    return null;
  }
  const left = subject.intent.memberships === "remove-managed";
  const because = left ? stageReason(subject).because : `no longer entitled to ${membership.group}`;
  const reason =
    rule === undefined || left ? { ...stageReason(subject), because } : entitlementReason(subject, rule.name, because);
  return draftFor(subject, {
    verb: isLicence ? "remove-licence" : "remove-member",
    slot: anchor,
    slotLabel: membership.group,
    before: { member: isMember ? true : null },
    after: { member: isMember && !writes ? true : null },
    ledgerOnly: !writes,
    origin: "policy",
    reasons: [reason],
  });
}

/** Access that should end and that nobody but the group's own master can take away. */
function reportKept(subject: Subject, group: string, why: string, findings: Findings): void {
  findings.add({
    kind: "held-back",
    severity: "critical",
    identity: subject.identity,
    target: subject.target.name,
    object: subject.account?.address ?? null,
    what: `remove-member of ${subject.intent.label} from ${group} held back: the members of the group cannot be written (${why})`,
    next: "Access that should end is still there: take it away where the members of the group come from.",
  });
}
