/** The token that requests are signed with. */

export interface TokenSource {
  /** Throws MUS-5001 (nobody answers) or MUS-5002 (refused). */
  token(): Promise<string>;
  /** The service refuses this token although its time is not over: the next one is asked for anew. */
  reject(token: string): void;
}

/**
 * Callers that ask at the same time share one question: @azure/identity would ask once for each of them. `ask` gives a
 * token; `fresh` means that it must not come from a cache.
 */
export function sharedToken(ask: (options: { readonly fresh: boolean }) => Promise<string>): TokenSource {
  let asking: Promise<string> | null = null;
  let last: string | null = null;
  let isRefused = false;
  const answer = async () => {
    const token = await ask({ fresh: isRefused });
    last = token;
    isRefused = false;
    return token;
  };
  return {
    token() {
      asking ??= answer().finally(() => {
        asking = null;
      });
      return asking;
    },
    reject(token) {
      // One that was replaced meanwhile says nothing of the present one.
      if (token === last) isRefused = true;
    },
  };
}
