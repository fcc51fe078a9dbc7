/** Active Directory behind the target port. */
import type { Check, DelegationStyle, Needs } from "../../model/check.js";
import type { Anchor, Observed, ObservedAccount, Selection } from "../../model/observed.js";
import { type Op, type Outcome, objectKey } from "../../model/op.js";
import type {
  Capabilities,
  ChangeQuery,
  Clock,
  Forecast,
  LastChanges,
  PictureMemory,
  ReadyOp,
  TargetPort,
} from "../../model/ports.js";
import { isUnder, normalizeDn } from "../../support/dn.js";
import { MusterError } from "../../support/errors.js";
import { APPLY_CONCURRENCY, LDAP_MEMBERS_PER_MODIFY } from "../../support/limits.js";
import { FORGOTTEN_PASSWORDS, type PasswordRules } from "../secrets/password.js";
import { mergeLanes } from "../stream.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "./capabilities.js";
import { addDeleted } from "./deleted.js";
import { examine, type Patient, writeDelegation } from "./doctor/examine.js";
import { groundOf } from "./doctor/grants.js";
import { failedOutcome } from "./errors.js";
import { readLastChanges } from "./last-changes.js";
import { observeDirectory } from "./observe.js";
import { type Place, readAccount, readClaimed } from "./read.js";
import { parseServers } from "./servers.js";
import { Session, type SessionOptions } from "./session.js";
import { createAccount } from "./write/create.js";
import { changeMembers, type MemberOp } from "./write/members.js";
import { relocateAccount } from "./write/relocate.js";
import { restoreAccount } from "./write/restore.js";
import { deleteAccount, resetPassword, switchAccount, unsupportedTask } from "./write/state.js";
import { updateAccount } from "./write/update.js";

export interface ActiveDirectoryOptions extends Omit<SessionOptions, "target"> {
  readonly name: string;
  readonly base: string;
  readonly managed: { readonly accounts: readonly string[]; readonly groups?: readonly string[] | undefined };
  /** Attribute that holds the claim of a create. */
  readonly claim: string;
  /** Whether a create writes mS-DS-ConsistencyGuid; not by default. */
  readonly stampsGuid?: boolean;
  /** Whether the server finds objects by `<GUID=...>`; by default when it says that it is Active Directory. */
  readonly guidAddresses?: boolean | undefined;
  /** Epoch milliseconds; by default the clock of the machine. */
  readonly now?: () => number;
  /** Left out: passwords are random, and nobody ever sees them. */
  readonly passwords?: PasswordRules;
}

/** What is executed as one: ops of one object that belong together, or members of one group. */
interface Unit {
  readonly kind: "single" | "update" | "relocate" | "members";
  /** Units of one lane are executed one after another, in the order in which they were handed over. */
  readonly lane: string;
  readonly ops: ReadyOp[];
}

export class ActiveDirectoryTarget implements TargetPort {
  readonly name: string;
  readonly capabilities: Capabilities = ACTIVE_DIRECTORY_CAPABILITIES;
  readonly delegationStyles: readonly DelegationStyle[] = ["dsacls", "samba"];
  readonly #options: ActiveDirectoryOptions;
  readonly #session: Session;
  #place: Place | null = null;

  constructor(options: ActiveDirectoryOptions) {
    this.name = options.name;
    this.#options = options;
    this.#session = new Session({ ...options, target: options.name });
  }

  async open(role: "reader" | "writer"): Promise<void> {
    const { base, managed, claim, passwords = FORGOTTEN_PASSWORDS } = this.#options;
    if (role === "writer") await passwords.sink?.open();
    await this.#session.open();
    requireInContext(this.#session, base);
    this.#place = {
      session: this.#session,
      base,
      accountContainers: managed.accounts.map(normalizeDn),
      groupContainers: managed.groups?.map(normalizeDn) ?? null,
      claim,
      guidAddresses: this.#options.guidAddresses ?? this.#session.rootDse.isActiveDirectory,
      passwords,
      stampsGuid: this.#options.stampsGuid ?? false,
    };
  }

  async observe(selection: Selection, memory?: PictureMemory): Promise<Observed> {
    const place = this.#opened();
    const { now = Date.now } = this.#options;
    const picture = await observeDirectory(place, { target: this.name, selection, memory, now });
    return addDeleted(place, picture, selection);
  }

  async read(anchor: Anchor, selection: Selection): Promise<ObservedAccount | null> {
    return readAccount(this.#opened(), anchor, selection);
  }

  async findClaim(claim: string, selection: Selection): Promise<ObservedAccount | null> {
    return readClaimed(this.#opened(), claim, selection);
  }

  async lastChanges(queries: readonly ChangeQuery[]): Promise<LastChanges> {
    return readLastChanges(this.#opened(), queries);
  }

  apply(ops: readonly ReadyOp[], _selection: Selection): AsyncIterable<Outcome> {
    const place = this.#opened();
    const lanes = new Map<string, Unit[]>();
    for (const unit of unitsOf(ops)) lanes.set(unit.lane, [...(lanes.get(unit.lane) ?? []), unit]);
    return mergeLanes(
      [...lanes.values()].map((units) => runLane(place, units)),
      APPLY_CONCURRENCY,
    );
  }

  /** A create is an add, a read and a modify; members of one group share their modifies. */
  forecast(ops: readonly Op[]): Forecast {
    const written = ops.filter((op) => !op.ledgerOnly);
    const groups = new Map<string, number>();
    let requests = 0;
    for (const op of written) {
      if (op.verb === "create") requests += 3;
      else if (op.verb === "add-member" || op.verb === "remove-member") {
        const key = `${op.verb} ${op.slot ?? ""}`;
        groups.set(key, (groups.get(key) ?? 0) + 1);
      } else requests += 1;
    }
    for (const count of groups.values()) requests += Math.ceil(count / LDAP_MEMBERS_PER_MODIFY);
    return { requests, seconds: 0 };
  }

  examine(needs: Needs, clock: Clock): Promise<readonly Check[]> {
    return examine(this.#patient(), needs, clock);
  }

  delegation(needs: Needs, style: DelegationStyle, account: string | null): Promise<readonly string[]> {
    return writeDelegation(this.#patient(), needs, style, account);
  }

  async close(): Promise<void> {
    this.#session.close();
  }

  #patient(): Patient {
    const { name, url, startTls = false, base, managed, claim } = this.#options;
    const servers = parseServers(name, typeof url === "string" ? [url] : url, startTls);
    const ground = groundOf(base, { accounts: managed.accounts, groups: managed.groups ?? [] });
    return { session: this.#session, servers, ground, claim };
  }

  #opened(): Place {
    if (this.#place === null) throw new MusterError("MUS-9001", { what: `target ${this.name} was not opened` });
    return this.#place;
  }
}

/** One server answers for one domain; what lies elsewhere it would refer to others. */
function requireInContext(session: Session, base: string): void {
  const context = session.rootDse.defaultNamingContext;
  const where = { target: session.options.target };
  if (context === null)
    throw new MusterError("MUS-5003", { what: "the server names no defaultNamingContext: it serves no domain", where });
  if (isUnder(base, context)) return;
  const what = `the base ${base} is not in the domain of the server, ${context}`;
  const next = "Correct the base, or name a domain controller of the base's domain.";
  throw new MusterError("MUS-5003", { what, where, next });
}

/** Updates of one account become one unit, and so do its rename and move; members are gathered by group and verb. */
function unitsOf(ops: readonly ReadyOp[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const ready of ops) {
    const { op } = ready;
    const object = objectKey(op.object);
    const kind = kindOf(op);
    const lane = kind === "members" ? `group ${op.slot ?? ""}` : object;
    const key = kind === "members" ? `${lane} ${op.verb}` : `${kind} ${object}${kind === "single" ? op.id : ""}`;
    const unit = units.get(key);
    if (unit === undefined) units.set(key, { kind, lane, ops: [ready] });
    else unit.ops.push(ready);
  }
  return [...units.values()];
}

function kindOf(op: Op): Unit["kind"] {
  if (op.verb === "update") return "update";
  if (op.verb === "rename" || op.verb === "move") return "relocate";
  return op.verb === "add-member" || op.verb === "remove-member" ? "members" : "single";
}

async function* runLane(place: Place, units: readonly Unit[]): AsyncGenerator<Outcome> {
  for (const unit of units) {
    try {
      yield* await execute(place, unit);
    } catch (error) {
      for (const { op } of unit.ops) yield failedOutcome(op, error);
    }
  }
}

async function execute(place: Place, unit: Unit): Promise<readonly Outcome[]> {
  const [first] = unit.ops;
  if (first === undefined) return [];
  if (first.op.verb === "create") return [await createAccount(place, first)];
  const anchors = unit.ops.map((ready) => ready.anchor);
  const anchor = anchors[0];
  if (anchor === null || anchor === undefined || anchors.includes(null))
    throw new MusterError("MUS-9001", { what: `${first.op.verb} was handed over without an anchor` });
  switch (unit.kind) {
    case "update":
      return updateAccount(place, anchor, unit.ops);
    case "relocate":
      return relocateAccount(place, anchor, unit.ops);
    case "members":
      return changeMembers(place, first.op.slot ?? "", unit.ops as readonly MemberOp[]);
    default:
      return [await executeSingle(place, anchor, first.op)];
  }
}

async function executeSingle(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  switch (op.verb) {
    case "enable":
    case "disable":
      return switchAccount(place, anchor, op);
    case "delete":
      return deleteAccount(place, anchor, op);
    case "restore":
      return restoreAccount(place, anchor, op);
    case "run-task":
      return op.slot === "reset-password" ? resetPassword(place, anchor, op) : unsupportedTask(op);
    default:
      throw new MusterError("MUS-9001", { what: `${op.verb} is nothing that Active Directory does` });
  }
}
