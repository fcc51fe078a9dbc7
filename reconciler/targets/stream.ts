/** Many things at once, but not too many. */

/** Maps with at most `limit` calls running; the results are in the order of the items. Rejects with the first error. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const run = async () => {
    while (next < items.length) {
      const at = next;
      next += 1;
      results[at] = await work(items[at] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run));
  return results;
}

/** Runs the lanes with at most `limit` at a time and yields what they yield, as it comes. An error of a lane ends it all. */
export async function* mergeLanes<T>(lanes: readonly AsyncIterable<T>[], limit: number): AsyncGenerator<T> {
  const ready: T[] = [];
  let wake: () => void = () => {};
  let finished = false;
  const all = mapConcurrently(lanes, limit, async (lane) => {
    for await (const item of lane) {
      ready.push(item);
      wake();
    }
  }).finally(() => {
    finished = true;
    wake();
  });
  // The error is thrown below, when it is awaited; until then it is not unhandled.
  all.catch(() => {});
  while (!finished || ready.length > 0) {
    if (ready.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    yield* ready.splice(0);
  }
  await all;
}
