/** What every part of the driver needs while a target is open. */
import type { Anchor } from "../../model/observed.js";
import type { Clock } from "../../model/ports.js";
import type { Value } from "../../model/value.js";
import { MusterError } from "../../support/errors.js";
import type { PasswordRules } from "../secrets/password.js";
import type { GraphClient } from "./client.js";

/** How a temporary access pass is made; what is left out is as the tenant's policy says. */
export interface PassRules {
  readonly minutes?: number;
  readonly once?: boolean;
}

/** A value of one property that a write of this run has replaced. */
export interface Replaced {
  readonly name: string;
  readonly value: Value | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Place {
  readonly target: string;
  /** Id or domain of the tenant. */
  readonly tenant: string;
  readonly graph: GraphClient;
  readonly clock: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  /** The property that holds the claim of a create. */
  readonly claim: string;
  /** "tenant", or administrative units and groups by name or id; null: no groups. */
  readonly managed: { readonly accounts: readonly string[]; readonly groups: readonly string[] | null };
  readonly passwords: PasswordRules;
  readonly pass: PassRules;
  /** Objects that this run made or brought back, and when (epoch milliseconds): not every replica has them at once. */
  readonly young: Map<Anchor, number>;
  /** Values that this run has written over, by account: some replica may show them for a while. */
  readonly replaced: Map<Anchor, readonly Replaced[]>;
  /** Administrative units of the managed scope by id, as observed last; empty where the whole tenant is managed. */
  units: ReadonlyMap<string, ReadonlySet<Anchor>>;
  /** Why accounts must not be touched, as observed last. */
  protection: ReadonlyMap<Anchor, string>;
}

/** The name in `managed` that stands for everything. */
export const WHOLE_TENANT = "tenant";

export function managesTenant(names: readonly string[] | null): boolean {
  return names?.includes(WHOLE_TENANT) === true;
}

/** Ids are GUIDs; an app that is trusted with a whole tenant must not be made to ask for anything else. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isId(text: string): boolean {
  return ID.test(text);
}

/** Throws MUS-9001. */
export function requireId(anchor: Anchor): Anchor {
  if (!isId(anchor)) throw new MusterError("MUS-9001", { what: "an anchor is not an id of Entra ID" });
  return anchor;
}

export function incomplete(target: string, what: string, next?: string): MusterError {
  return new MusterError("MUS-5003", { what, where: { target }, ...(next === undefined ? {} : { next }) });
}
