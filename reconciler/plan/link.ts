/**
 * Linked accounts: synchronisation (Entra Connect) makes them from accounts of another target, and Muster only finds them.
 *
 * How one is found: synchronisation writes the source anchor, which is the base64 form of the bytes of the source object's
 * mS-DS-ConsistencyGuid where that is set, else of its objectGUID (MS-DTYP 2.3.4.2: the first three fields little-endian).
 * So the identity's account in the source target, as the ledger knows it, names its counterpart exactly: no attribute that
 * a person can edit decides, and until the counterpart is there nothing is bound.
 *
 * What must not happen: synchronisation joins a new account of the source to a cloud account that has the same
 * userPrincipalName or primary mail address ("soft match"), whoever's that is. So such a source account is not created.
 */
import type { IdentityKey } from "../model/identity.js";
import type { Intent } from "../model/intent.js";
import { entryOfWorker, type LedgerEntry, ledgerKey } from "../model/ledger.js";
import type { ObservedAccount } from "../model/observed.js";
import type { Values } from "../model/op.js";
import type { Value } from "../model/value.js";
import type { CompiledMapping, CompiledPolicy } from "../policy/compiled.js";
import { CONSISTENCY_GUID } from "../policy/consistency-guid.js";
import { parseInstant } from "../policy/time.js";
import { guidBytes } from "../support/guid.js";
import type { Findings, PlanInput, TargetView } from "./subject.js";

/** What soft match looks at. */
const JOINED_BY = ["userPrincipalName", "mail", "proxyAddresses"];

/** Attributes that have to be read of a target because accounts are linked to it, or from it. */
export function linkAttributes(policy: CompiledPolicy, target: string): readonly string[] {
  const links = policy.mappings.some((mapping) => mapping.target === target && mapping.link !== null);
  const isSource = policy.mappings.some((mapping) => mapping.link === target);
  const anchor = policy.targets.find((one) => one.name === target)?.capabilities.sourceAnchor;
  return [...(links && anchor !== undefined ? [anchor, ...JOINED_BY] : []), ...(isSource ? [CONSISTENCY_GUID] : [])];
}

type Views = Readonly<Record<string, TargetView>>;

/** Where an account of a linked identity comes from. */
interface Origin {
  readonly current: NonNullable<LedgerEntry["current"]>;
  readonly account: ObservedAccount;
}

export class Links {
  readonly #input: PlanInput;
  readonly #views: Views;
  /** By source target and identity: the target into which its account is synchronised. */
  readonly #sinks = new Map<string, TargetView>();
  readonly #byAnchor = new Map<TargetView, Map<string, ObservedAccount[]>>();
  readonly #joinable = new Map<TargetView, Map<string, ObservedAccount>>();

  constructor(input: PlanInput, views: Views, intents: Iterable<{ intent: Intent; mapping: CompiledMapping }>) {
    this.#input = input;
    this.#views = views;
    for (const { intent, mapping } of intents) {
      const view = views[mapping.target];
      if (mapping.link !== null && view !== undefined) this.#sinks.set(ledgerKey(mapping.link, intent.identity), view);
    }
  }

  /** The accounts that come from the identity's account in the source; null: that one is not known, or not there. */
  find(view: TargetView, intent: Intent, mapping: CompiledMapping): readonly ObservedAccount[] | null {
    const origin = this.originOf(intent, mapping);
    return origin === null ? null : this.comingFrom(view, origin.account);
  }

  /** What synchronisation made of an account of another target. */
  comingFrom(view: TargetView, source: ObservedAccount): readonly ObservedAccount[] {
    if (view.target.capabilities.sourceAnchor === undefined) return [];
    const index = this.#indexOf(view);
    if (index.size === 0) return [];
    const found = sourceAnchorsOf(source).flatMap((anchor) => index.get(anchor) ?? []);
    return [...new Map(found.map((account) => [account.anchor, account])).values()];
  }

  originOf(intent: Intent, mapping: CompiledMapping): Origin | null {
    const current = this.#sourceEntry(intent, mapping)?.current;
    const account = this.#views[mapping.link ?? ""]?.byAnchor.get(current?.anchor ?? "");
    return current == null || account === undefined ? null : { current, account };
  }

  #sourceEntry(intent: Intent, { link }: CompiledMapping): LedgerEntry | undefined {
    if (link === null) return undefined;
    const { ledger } = this.#input;
    return ledger.entries.get(ledgerKey(link, intent.identity)) ?? entryOfWorker(ledger, link, intent.primary)[0];
  }

  /**
   * Whether a linked account belongs to a source that is no more: it went after Muster deleted that one, or it is still there
   * while the person has had another one since.
   */
  isRetired(view: TargetView, entry: LedgerEntry, intent: Intent, mapping: CompiledMapping): boolean {
    const source = this.#sourceEntry(intent, mapping);
    if (mapping.link === null || entry.current === null || source === undefined) return false;
    const account = view.byAnchor.get(entry.current.anchor);
    if (account === undefined) return source.current === null;
    const anchor = sourceAnchorIn(view, account);
    const origin = this.originOf(intent, mapping);
    if (origin === null || anchor === null || sourceAnchorsOf(origin.account).includes(anchor)) return false;
    return parseInstant(origin.current.boundAt) > parseInstant(entry.current.boundAt);
  }

  /** Says that synchronisation has not brought the account yet, and for how long. */
  reportAwaiting(intent: Intent, mapping: CompiledMapping, findings: Findings): void {
    const origin = this.originOf(intent, mapping);
    if (origin === null || !["prehire", "active", "leave"].includes(intent.stage.stage)) return;
    const age = Math.max(0, this.#input.asOf - parseInstant(origin.current.boundAt));
    const overdue = age > OVERDUE;
    findings.add({
      kind: "awaiting-sync",
      severity: overdue ? "warning" : "info",
      identity: intent.identity,
      target: intent.target,
      object: origin.account.address,
      what: `the account in ${mapping.link} is not in ${intent.target} yet, ${describeAge(age)} after it was made or bound`,
      next: overdue
        ? "Look at the synchronisation: whether it runs, and whether the account lies in its scope."
        : "Nothing: synchronisation runs every half hour.",
    });
  }

  /** The cloud account with which synchronisation would join the account that is about to be made; null: none. */
  softMatch(source: string, identity: IdentityKey, after: Values): SoftMatch | null {
    const view = this.#sinks.get(ledgerKey(source, identity));
    if (view === undefined) return null;
    const joinable = this.#joinableOf(view);
    for (const address of joiningAddresses(after)) {
      const account = joinable.get(address);
      if (account !== undefined) return { account, target: view.target.name };
    }
    return null;
  }

  #indexOf(view: TargetView): ReadonlyMap<string, readonly ObservedAccount[]> {
    const known = this.#byAnchor.get(view);
    if (known !== undefined) return known;
    const index = new Map<string, ObservedAccount[]>();
    for (const account of view.observed.accounts) {
      const anchor = sourceAnchorIn(view, account);
      if (anchor !== null) index.set(anchor, [...(index.get(anchor) ?? []), account]);
    }
    this.#byAnchor.set(view, index);
    return index;
  }

  /** Accounts that were not synchronised, by every address by which they could be joined. */
  #joinableOf(view: TargetView): ReadonlyMap<string, ObservedAccount> {
    const known = this.#joinable.get(view);
    if (known !== undefined) return known;
    const index = new Map<string, ObservedAccount>();
    for (const account of view.observed.accounts) {
      if (account.authority === "on-premises" || sourceAnchorIn(view, account) !== null) continue;
      for (const address of joiningAddresses(account.attributes)) index.set(address, account);
    }
    this.#joinable.set(view, index);
    return index;
  }
}

export interface SoftMatch {
  readonly account: ObservedAccount;
  readonly target: string;
}

export function reportSoftMatch(intent: Intent, { account, target }: SoftMatch, findings: Findings): void {
  findings.add({
    kind: "soft-match",
    severity: "warning",
    identity: intent.identity,
    target: intent.target,
    object: account.address,
    what: `the account of ${intent.label} is not created: synchronisation would join it to the cloud account ${account.address} in ${target}, which has the same user principal name or primary mail address`,
    next: "Rename or delete the cloud account; or, if it is this person's, join the two by hand and let Muster bind them.",
  });
}

/** After this long, longer than several cycles of half an hour, something is wrong with the synchronisation. */
const OVERDUE = 3 * 3_600_000;

function sourceAnchorIn(view: TargetView, account: ObservedAccount): string | null {
  const anchor = account.attributes[view.target.capabilities.sourceAnchor ?? ""];
  return typeof anchor === "string" ? anchor : null;
}

/** Base64 is compared as it is: case counts. */
function sourceAnchorsOf(account: ObservedAccount): string[] {
  const own = account.attributes[CONSISTENCY_GUID];
  const stamped = own instanceof Uint8Array && own.length > 0 ? [own] : [];
  return [...stamped, guidBytes(account.anchor)].map((bytes) => Buffer.from(bytes).toString("base64"));
}

function joiningAddresses(values: Readonly<Record<string, Value | null>>): string[] {
  const { userPrincipalName, mail, proxyAddresses } = values;
  const primary = Array.isArray(proxyAddresses) ? proxyAddresses.filter((one) => one.startsWith("SMTP:")) : [];
  return [userPrincipalName, mail, ...primary.map((one) => one.slice("SMTP:".length))].flatMap((address) =>
    typeof address === "string" ? [address.toLowerCase()] : [],
  );
}

/** "25 minutes", "3 hours", "2 days": whole units, rounded down. */
function describeAge(millis: number): string {
  const minutes = Math.floor(millis / 60_000);
  if (minutes === 0) return "less than a minute";
  const [amount, unit] =
    minutes < 120
      ? [minutes, "minute"]
      : minutes < 2880
        ? [Math.floor(minutes / 60), "hour"]
        : [Math.floor(minutes / 1440), "day"];
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
