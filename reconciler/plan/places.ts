/**
 * Places: in a directory with containers no two objects of one container have the same name, but those of several may. So a
 * move can meet somebody of the same name where it leads. Whoever leaves that place in the same plan goes first; otherwise
 * the move is not planned, and a finding says who is in the way: nobody is renamed for it. Names are compared as the
 * directory does (foldName), and whatever has one counts: accounts, groups, contacts.
 */
import { compareText } from "../model/identity.js";
import type { Anchor } from "../model/observed.js";
import { objectKey } from "../model/op.js";
import { foldName } from "../policy/names.js";
import { leafValue, normalizeDn } from "../support/dn.js";
import type { Draft } from "./drafts.js";
import type { Findings, TargetView } from "./subject.js";

/** The drafts of a target without the moves to a place that is taken; a move to one that becomes free needs that op. */
export function withoutTakenPlaces(view: TargetView, drafts: readonly Draft[], findings: Findings): Draft[] {
  const moves = drafts.filter(({ op }) => op.verb === "move");
  if (view.target.capabilities.containers !== "dn" || moves.length === 0) return [...drafts];
  const places = new Places(view, drafts, moves);
  moves.sort((a, b) => compareText(objectKey(a.op.object), objectKey(b.op.object)));
  const staying = new Set(moves.filter((move) => !places.isReachable(move)));
  for (const move of staying) reportTaken(move, places.nameOf(move), findings);
  return drafts.filter((draft) => !staying.has(draft));
}

class Places {
  /** By object: the op that gives it another cn, and the one by which it leaves its place. */
  readonly #renames = new Map<string, Draft>();
  readonly #leaving = new Map<string, Draft>();
  /** Whoever has one of the names that moves bring along, by place. */
  readonly #holders = new Map<string, Anchor>();
  /** Those that moves of this plan have been promised. */
  readonly #promised = new Set<string>();
  /** False while it is being decided: objects that want each other's places stay where they are. */
  readonly #decided = new Map<Draft, boolean>();
  readonly #normal = new Map<string, string>();

  constructor(view: TargetView, drafts: readonly Draft[], moves: readonly Draft[]) {
    for (const draft of drafts) {
      const { verb, object, after } = draft.op;
      const key = objectKey(object);
      const isNamed = (verb === "rename" || verb === "update") && typeof after.cn === "string";
      if (isNamed) this.#renames.set(key, draft);
      // Other capitals, or marks, leave no place free.
      const isRenamed = isNamed && foldName(String(after.cn)) !== foldName(leafValue(draft.op.address ?? ""));
      if (isRenamed || verb === "delete" || (verb === "move" && !this.#leaving.has(key))) this.#leaving.set(key, draft);
    }
    const brought = new Set(moves.flatMap((move) => [this.nameOf(move), oldNameOf(move)].map(foldName)));
    for (const { space, value, anchor, container } of view.observed.names) {
      if (space !== "cn" || !brought.has(foldName(value))) continue;
      const place = view.byAnchor.get(anchor)?.container ?? container ?? null;
      if (place !== null) this.#holders.set(this.#place(place, value), anchor);
    }
  }

  /** The cn that an object has when it has been moved. */
  nameOf(move: Draft): string {
    const renamed = this.#renames.get(objectKey(move.op.object))?.op.after.cn;
    return typeof renamed === "string" ? renamed : oldNameOf(move);
  }

  isReachable(move: Draft): boolean {
    const decided = this.#decided.get(move);
    if (decided !== undefined) return decided;
    this.#decided.set(move, false);
    const container = String(move.op.after.container);
    const goal = this.#place(container, this.nameOf(move));
    const holder = this.#holderOf(goal, move);
    const leaving = holder === null ? undefined : this.#leaving.get(holder);
    if (holder !== null) {
      if (leaving === undefined || (leaving.op.verb === "move" && !this.isReachable(leaving))) return false;
      move.needs.push(leaving);
    }
    if (this.#promised.has(goal)) return false;
    this.#promised.add(goal);
    const rename = this.#renames.get(objectKey(move.op.object));
    // Under the old name it would meet somebody else there.
    if (rename !== undefined && this.#holderOf(this.#place(container, oldNameOf(move)), move) !== null)
      move.needs.push(rename);
    this.#decided.set(move, true);
    return true;
  }

  #holderOf(place: string, move: Draft): Anchor | null {
    const holder = this.#holders.get(place) ?? null;
    return holder === objectKey(move.op.object) ? null : holder;
  }

  #place(container: string, name: string): string {
    const normal = this.#normal.get(container) ?? normalizeDn(container);
    this.#normal.set(container, normal);
    return `${normal}|${foldName(name)}`;
  }
}

function oldNameOf({ op }: Draft): string {
  return leafValue(op.address ?? "");
}

function reportTaken({ op }: Draft, name: string, findings: Findings): void {
  findings.add({
    kind: "place-taken",
    severity: "warning",
    identity: op.identity,
    target: op.target,
    object: op.address,
    what: `${op.label} belongs in ${String(op.after.container)}, where the name CN=${name} is taken: not moved`,
    next: "Give one of the two another name in the directory.",
  });
}
