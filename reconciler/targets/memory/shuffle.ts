/** Reordering by a seed: the same seed gives the same order. */

/** The items in an order of their own for every seed; 0 leaves them as they are. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const out = [...items];
  if (seed === 0) return out;
  let state = seed >>> 0;
  for (let i = out.length - 1; i > 0; i--) {
    // xorshift32 (Marsaglia 2003): enough to mix a list, and the same on every machine.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = (state >>> 0) % (i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
