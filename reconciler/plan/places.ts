/**
 * Places: in a directory with containers no two objects of one container have the same name, but those of several may. So a
 * move can meet somebody of the same name where it leads. Whoever leaves that place in the same plan goes first; otherwise
 * the move is not planned, and a finding says who is in the way: nobody is renamed for it.
 */
import { compareText } from "../model/identity.js";
import { objectKey } from "../model/op.js";
import { childDn, leafValue, normalizeDn, parentDn } from "../support/dn.js";
import type { Draft } from "./drafts.js";
import type { Findings, TargetView } from "./subject.js";

/** The drafts of a target without the moves to a place that is taken; a move to one that becomes free needs that op. */
export function withoutTakenPlaces(view: TargetView, drafts: readonly Draft[], findings: Findings): Draft[] {
  const moves = drafts.filter(({ op }) => op.verb === "move");
  if (view.target.capabilities.containers !== "dn" || moves.length === 0) return [...drafts];
  const places = new Places(view, drafts);
  moves.sort((a, b) => compareText(objectKey(a.op.object), objectKey(b.op.object)));
  const staying = new Set(moves.filter((move) => !places.isReachable(move)));
  for (const move of staying) reportTaken(move, places.goalOf(move), findings);
  return drafts.filter((draft) => !staying.has(draft));
}

class Places {
  readonly #view: TargetView;
  /** By object: the name it gets in this plan, and the op by which it leaves its place. */
  readonly #names = new Map<string, string>();
  readonly #leaving = new Map<string, Draft>();
  /** In normal form, those that moves of this plan have been promised. */
  readonly #promised = new Set<string>();
  /** False while it is being decided: objects that want each other's places stay where they are. */
  readonly #decided = new Map<Draft, boolean>();

  constructor(view: TargetView, drafts: readonly Draft[]) {
    this.#view = view;
    for (const draft of drafts) {
      const { verb, object, after } = draft.op;
      const key = objectKey(object);
      const name = verb === "rename" || verb === "update" ? after.cn : undefined;
      if (typeof name === "string") this.#names.set(key, name);
      const isRenamed = typeof name === "string" && !isCalled(draft, name);
      if (isRenamed || verb === "delete" || (verb === "move" && !this.#leaving.has(key))) this.#leaving.set(key, draft);
    }
  }

  /** The DN that an object has when it has been moved. */
  goalOf({ op }: Draft): string {
    const name = this.#names.get(objectKey(op.object)) ?? leafValue(op.address ?? "");
    return childDn("CN", name, String(op.after.container));
  }

  isReachable(move: Draft): boolean {
    const decided = this.#decided.get(move);
    if (decided !== undefined) return decided;
    this.#decided.set(move, false);
    const goal = this.goalOf(move);
    const holder = this.#view.accountAt(goal)?.anchor ?? null;
    const leaving = holder === null ? undefined : this.#leaving.get(holder);
    if (holder !== null && holder !== objectKey(move.op.object)) {
      if (leaving === undefined || (leaving.op.verb === "move" && !this.isReachable(leaving))) return false;
      move.needs.push(leaving);
    }
    const place = normalizeDn(goal);
    if (this.#promised.has(place)) return false;
    this.#promised.add(place);
    this.#decided.set(move, true);
    return true;
  }
}

/** Whether its place has that name already; case makes no difference. */
function isCalled({ op }: Draft, name: string): boolean {
  const address = op.address ?? "";
  return normalizeDn(childDn("CN", name, parentDn(address))) === normalizeDn(address);
}

function reportTaken({ op }: Draft, goal: string, findings: Findings): void {
  findings.add({
    kind: "place-taken",
    severity: "warning",
    identity: op.identity,
    target: op.target,
    object: op.address,
    what: `${op.label} belongs in ${String(op.after.container)}, where another object is called CN=${leafValue(goal)}: not moved`,
    next: "Give one of the two another name in the directory.",
  });
}
