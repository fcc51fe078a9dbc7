/** Keys of workers and identities, and the stages an identity can be in. */

/** `source:id`, e.g. "hr-export:10023". */
export type WorkerKey = string & { readonly workerKey: unique symbol };

/** `person:<namespace>:<id>` or `worker:<source>:<id>`. */
export type IdentityKey = string & { readonly identityKey: unique symbol };

export function workerKey(source: string, id: string): WorkerKey {
  return `${source}:${id}` as WorkerKey;
}

/** The identity of a worker: its person where HR names one and the mapping is per person, else the worker itself. */
export function identityKey(namespace: string, personId: string): IdentityKey {
  return `person:${namespace}:${personId}` as IdentityKey;
}

export function identityOfWorker(key: WorkerKey): IdentityKey {
  return `worker:${key}` as IdentityKey;
}

/** In the order in which the rules are tried within one worker (DESIGN section 7). */
export const STAGES = [
  "rescinded",
  "left",
  "vanished",
  "out-of-scope",
  "leave",
  "active",
  "prehire",
  "future",
] as const;

export type Stage = (typeof STAGES)[number];

/** Best first: how the primary worker of an identity is chosen. */
export const PRIMARY_ORDER: readonly Stage[] = [
  "active",
  "leave",
  "prehire",
  "future",
  "vanished",
  "left",
  "rescinded",
  "out-of-scope",
];

/** Code-unit order: the only order used for keys, names and files, so that no locale can change a plan. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
