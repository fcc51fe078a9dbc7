/**
 * What goes when. Ops go in waves: in plan order, everything whose needs are done, about WAVE requests of it. Two things
 * leave that order, because they save requests where every request counts against a quota:
 *
 *  - A create whose manager is made in the same plan waits for the manager's create, and then takes the reference along
 *    (companions.ts). It waits for nothing that could fail it: when the manager's create fails, it goes without.
 *  - Where a target adds few members at a time, they go in whole requests; who would not fill one waits for those who
 *    are still to be made. They do not queue behind creates, since the members of a large group are one long queue
 *    themselves. But nothing is given while something that is ready to be taken away has not gone.
 */
import { companionsOf } from "../model/companions.js";
import { type Op, type OpId, type Outcome, objectKey } from "../model/op.js";
import type { Capabilities } from "../model/ports.js";
import { assert } from "../support/errors.js";
import { AddressUse } from "./address-use.js";
import { WholeRequests } from "./whole-requests.js";

/** Requests per wave, not counting further updates of the same accounts. Enough to keep every target busy, few enough that a crash leaves little to re-read. */
const WAVE = 512;

const TAKING: ReadonlySet<string> = new Set(["disable", "remove-licence", "remove-member", "run-task", "delete"]);

/** How patient: whether creates wait for what they could take along, and members for others to fill a request. */
type Mood = "patient" | "impatient";
type Readiness = "free" | "waiting" | "refused";

export interface Wave {
  /** In plan order; `refused` never reach a target, because what they need was not done. */
  readonly ops: readonly Op[];
  readonly refused: readonly Op[];
}

export class Schedule {
  readonly #ids: ReadonlySet<OpId>;
  readonly #capabilitiesOf: (target: string) => Capabilities | undefined;
  readonly #outcomeOf: (id: OpId) => Outcome | undefined;
  /** By the create's id, the update that can go with it; and by that update's id, the create's. */
  readonly #companions: ReadonlyMap<OpId, Op>;
  readonly #createOf: ReadonlyMap<OpId, OpId>;
  #pending: readonly Op[];

  constructor(
    ops: readonly Op[],
    capabilitiesOf: (target: string) => Capabilities | undefined,
    outcomeOf: (id: OpId) => Outcome | undefined,
  ) {
    this.#pending = ops;
    this.#ids = new Set(ops.map(({ id }) => id));
    this.#capabilitiesOf = capabilitiesOf;
    this.#outcomeOf = outcomeOf;
    const targets = [...new Set(ops.map(({ target }) => target))];
    const pairs = targets.flatMap((target) => {
      const names = capabilitiesOf(target)?.alongWithCreate ?? [];
      const own = names.length === 0 ? [] : ops.filter((op) => op.target === target);
      return [...companionsOf(own, names)];
    });
    this.#companions = new Map(pairs);
    this.#createOf = new Map(pairs.map(([create, { id }]) => [id, create]));
  }

  /** What goes next; all of it empty when every op was handed out or refused. */
  next(): Wave {
    if (this.#pending.length === 0) return { ops: [], refused: [] };
    const wave = this.#choose("patient");
    if (wave.ops.length > 0 || wave.refused.length > 0) return wave;
    const other = this.#choose("impatient");
    assert(other.ops.length > 0, "ops wait for each other");
    return other;
  }

  #choose(mood: Mood): Wave {
    const going = new Set<Op>();
    const refused = new Set<Op>();
    /** Updates that go with their creates in this wave. */
    const along = new Set<OpId>();
    const begun = new Set<string>();
    const addresses = new AddressUse();
    const members = new WholeRequests();
    let requests = 0;
    let isTakingLeft = false;
    for (const op of this.#pending) {
      const readiness = this.#readinessOf(op, along, mood);
      const size = op.verb === "add-member" ? this.#capabilitiesOf(op.target)?.membersPerRequest : undefined;
      const isMore = along.has(op.id) || begun.has(requestKey(op));
      if (readiness === "refused") refused.add(op);
      else if (size !== undefined) members.note(op, size, readiness === "free");
      else if (readiness === "free" && (requests < WAVE || isMore) && addresses.admits(op)) {
        going.add(op);
        begun.add(requestKey(op));
        if (!isMore) requests += 1;
        const companion = this.#companions.get(op.id);
        if (companion !== undefined && this.#othersOf(companion, op.id) === "free") along.add(companion.id);
      } else if (readiness === "free" && TAKING.has(op.verb)) isTakingLeft = true;
    }
    if (!isTakingLeft)
      for (const op of members.choose(WAVE, mood === "impatient")) if (addresses.admits(op)) going.add(op);
    const ops = this.#pending.filter((op) => going.has(op));
    this.#pending = this.#pending.filter((op) => !going.has(op) && !refused.has(op));
    return { ops, refused: [...refused] };
  }

  #readinessOf(op: Op, along: ReadonlySet<OpId>, mood: Mood): Readiness {
    if (along.has(op.id)) return this.#othersOf(op, this.#createOf.get(op.id));
    const own = this.#othersOf(op, undefined);
    const companion = this.#companions.get(op.id);
    if (own !== "free" || companion === undefined || mood === "impatient") return own;
    return this.#othersOf(companion, op.id) === "waiting" ? "waiting" : "free";
  }

  /** By what the op needs, without one of them. */
  #othersOf({ needs }: Op, except: OpId | undefined): Readiness {
    let readiness: Readiness = "free";
    for (const need of needs) {
      if (need === except || !this.#ids.has(need)) continue;
      const outcome = this.#outcomeOf(need);
      if (outcome === undefined) readiness = readiness === "refused" ? readiness : "waiting";
      else if (outcome.kind !== "done" && outcome.kind !== "already") readiness = "refused";
    }
    return readiness;
  }
}

/** Updates of one account are one request of a directory: where one of them goes, the others go too. */
function requestKey(op: Op): string {
  return op.verb === "update" ? `${op.target}|${objectKey(op.object)}` : op.id;
}
