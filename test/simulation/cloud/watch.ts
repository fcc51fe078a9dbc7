/**
 * Order, judged where it counts: after every single write that reached the tenant nobody has a name that somebody else has
 * too, and no leaver has more access than when the run began. The driver writes several objects at a time, so this is
 * the order that really happened.
 */
import type { Anchor } from "../../../reconciler/model/observed.js";
import type { TenantRequest } from "../../../reconciler/sandbox/tenant/request.js";
import type { TenantState } from "../../../reconciler/sandbox/tenant/state.js";
import type { TenantObject } from "../../../reconciler/sandbox/tenant/store.js";
import { Broken } from "../checks.js";
import { accessOf, livingUsers } from "./truth.js";

export class Watch {
  readonly #state: () => TenantState;
  readonly #broken: string[] = [];
  #leavers = new Map<Anchor, { readonly enabled: boolean; readonly access: ReadonlySet<Anchor> }>();
  #doubles = new Set<string>();
  #writes: number | null = null;

  constructor(state: () => TenantState) {
    this.#state = state;
  }

  /** From now on until the function is called, which gives the number of writes and throws what was wrong. */
  begin(leavers: ReadonlySet<Anchor>): () => number {
    const state = this.#state();
    const accounts = livingUsers(state).filter(({ id }) => leavers.has(id));
    this.#leavers = new Map(
      accounts.map((user) => [
        user.id,
        { enabled: user.properties.accountEnabled === true, access: accessOf(state, user) },
      ]),
    );
    this.#doubles = new Set(doubleNames(state));
    this.#writes = 0;
    return () => {
      const writes = this.#writes ?? 0;
      this.#writes = null;
      if (this.#broken.length > 0) throw new Broken(this.#broken.join("; "));
      return writes;
    };
  }

  /** Told of every request after it was executed. */
  see({ method, path }: TenantRequest): void {
    if (this.#writes === null || method === "GET" || path.includes("$batch")) return;
    this.#writes += 1;
    const state = this.#state();
    const when = `after write ${this.#writes} (${method} ${path})`;
    for (const name of doubleNames(state))
      if (!this.#doubles.has(name)) this.#broken.push(`${when}: ${name} is held twice`);
    for (const user of livingUsers(state)) {
      const start = this.#leavers.get(user.id);
      if (start === undefined) continue;
      if (user.properties.accountEnabled === true && !start.enabled) this.#broken.push(`${when}: a leaver is enabled`);
      for (const group of accessOf(state, user))
        if (!start.access.has(group)) this.#broken.push(`${when}: a leaver has ${group} in addition`);
    }
  }
}

/** Addresses that two users have: a userPrincipalName or mail of one is nobody else's. */
function doubleNames(state: TenantState): string[] {
  const holders = new Map<string, Anchor>();
  const doubles: string[] = [];
  for (const user of livingUsers(state))
    for (const name of addressesOf(user)) {
      if ((holders.get(name) ?? user.id) !== user.id) doubles.push(name);
      holders.set(name, user.id);
    }
  return doubles;
}

function addressesOf({ properties }: TenantObject): Set<string> {
  const { userPrincipalName, mail, proxyAddresses } = properties;
  const others = Array.isArray(proxyAddresses) ? proxyAddresses.map((address) => String(address).slice(5)) : [];
  const names = [userPrincipalName, mail, ...others].filter((name) => typeof name === "string" && name !== "");
  return new Set(names.map((name) => String(name).toLowerCase()));
}
