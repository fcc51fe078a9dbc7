/**
 * A lookup from a list; of several with one key the last counts, what has the key null is left out. In a loop, since the
 * lists of a large company are indexed again and again, and pairs that live for an instant cost more than the map.
 */
export function indexBy<K, V>(list: Iterable<V>, keyOf: (value: V) => K | null): Map<K, V> {
  const index = new Map<K, V>();
  for (const value of list) {
    const key = keyOf(value);
    if (key !== null) index.set(key, value);
  }
  return index;
}
