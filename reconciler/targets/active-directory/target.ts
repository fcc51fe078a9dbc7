/** Active Directory behind the target port. */
import type { Anchor, Observed, ObservedAccount, Selection } from "../../model/observed.js";
import { type Op, type Outcome, objectKey } from "../../model/op.js";
import type { Capabilities, Forecast, ReadyOp, TargetPort } from "../../model/ports.js";
import { normalizeDn } from "../../support/dn.js";
import { MusterError } from "../../support/errors.js";
import { APPLY_CONCURRENCY, LDAP_MEMBERS_PER_MODIFY } from "../../support/limits.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "./capabilities.js";
import { guidDn } from "./codec.js";
import { failedOutcome } from "./errors.js";
import { observeDirectory } from "./observe.js";
import { anchorOf, type Place, readAccount, readClaimed } from "./read.js";
import { incomplete, searchBase } from "./search.js";
import { Session, type SessionOptions } from "./session.js";
import { mergeLanes } from "./stream.js";
import { createAccount } from "./write/create.js";
import { changeMembers, type MemberOp } from "./write/members.js";
import { relocateAccount } from "./write/relocate.js";
import { deleteAccount, resetPassword, switchAccount, unsupportedTask } from "./write/state.js";
import { updateAccount } from "./write/update.js";

export interface ActiveDirectoryOptions extends Omit<SessionOptions, "target"> {
  readonly name: string;
  readonly base: string;
  readonly managed: { readonly accounts: readonly string[]; readonly groups?: readonly string[] | undefined };
  /** Attribute that holds the claim of a create. */
  readonly claim: string;
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
  readonly #options: ActiveDirectoryOptions;
  readonly #session: Session;
  #place: Place | null = null;

  constructor(options: ActiveDirectoryOptions) {
    this.name = options.name;
    this.#options = options;
    this.#session = new Session({ ...options, target: options.name });
  }

  async open(): Promise<void> {
    await this.#session.open();
    const { base, managed, claim } = this.#options;
    const entry = await searchBase(this.#session, base, ["objectGUID"]);
    if (entry === null) throw incomplete(this.#session, `the base ${base} cannot be read`);
    const byGuid = await searchBase(this.#session, guidDn(anchorOf(this.#session, entry)), ["1.1"]).catch(() => null);
    this.#place = {
      session: this.#session,
      base,
      accountContainers: managed.accounts.map(normalizeDn),
      groupContainers: managed.groups?.map(normalizeDn) ?? null,
      claim,
      guidAddresses: byGuid !== null,
    };
  }

  async observe(selection: Selection): Promise<Observed> {
    return observeDirectory(this.#opened(), this.name, selection);
  }

  async read(anchor: Anchor, selection: Selection): Promise<ObservedAccount | null> {
    return readAccount(this.#opened(), anchor, selection);
  }

  async findClaim(claim: string, selection: Selection): Promise<ObservedAccount | null> {
    return readClaimed(this.#opened(), claim, selection);
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

  async close(): Promise<void> {
    this.#session.close();
  }

  #opened(): Place {
    if (this.#place === null) throw new MusterError("MUS-9001", { what: `target ${this.name} was not opened` });
    return this.#place;
  }
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
    case "run-task":
      return op.slot === "reset-password" ? resetPassword(place, anchor, op) : unsupportedTask(op);
    default:
      throw new MusterError("MUS-9001", { what: `${op.verb} is nothing that Active Directory does` });
  }
}
