/** Aims of a benchmark: a line for each, met or missed. */

export interface Aim {
  readonly what: string;
  readonly value: number;
  readonly most: number;
  /** The value as it is shown. */
  readonly shown: string;
}

export function judge(aims: readonly Aim[]): string[] {
  return aims.map(
    ({ what, value, most, shown }) => `${value <= most ? "met   " : "MISSED"}  ${what}: ${shown} of at most ${most}`,
  );
}

export function isMet(aims: readonly Aim[]): boolean {
  return aims.every(({ value, most }) => value <= most);
}
