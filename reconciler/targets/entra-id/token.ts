/** The token that requests are signed with. */
import type { Clock } from "../../model/ports.js";

export interface TokenSource {
  /** Throws MUS-5001 (nobody answers) or MUS-5002 (refused). */
  token(): Promise<string>;
  /** The service refuses this token although its time is not over: the next one is asked for anew. */
  reject(token: string): void;
}

export interface Issued {
  readonly token: string;
  /** Milliseconds that it is good for. */
  readonly lifetimeMs: number;
}

/** A token is replaced this long before its end: what was signed with it must still arrive. */
const SPARE_MS = 5 * 60_000;

/**
 * Keeps a token until five minutes before its end (of a short one, for half of its life), and lets callers that ask at
 * the same time share one question: @azure/identity would ask once for each of them.
 */
export function sharedToken(ask: () => Promise<Issued>, clock: Clock): TokenSource {
  let asking: Promise<string> | null = null;
  let held: { readonly token: string; readonly until: number } | null = null;
  const answer = async () => {
    const { token, lifetimeMs } = await ask();
    held = { token, until: clock.now() + Math.max(lifetimeMs - SPARE_MS, lifetimeMs / 2) };
    return token;
  };
  return {
    async token() {
      if (held !== null && clock.now() < held.until) return held.token;
      asking ??= answer().finally(() => {
        asking = null;
      });
      return asking;
    },
    reject(token) {
      // One that was replaced meanwhile says nothing of the present one.
      if (held?.token === token) held = null;
    },
  };
}
