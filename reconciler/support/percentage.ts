/** Percentages as policies write them ("5%", "2.5 %"), compared without rounding: 3 of 60 is not more than 5 %. */
const PERCENTAGE = /^(\d+)(?:\.(\d+))?\s*%$/;

/** Whether `part` is more than a percentage of `whole`; both are counts. The schema has checked the form. */
export function exceedsShare(part: number, whole: number, percentage: string): boolean {
  const [, digits = "0", decimals = ""] = PERCENTAGE.exec(percentage) ?? [];
  const scale = 10n ** BigInt(decimals.length);
  return BigInt(part) * 100n * scale > BigInt(digits + decimals) * BigInt(whole);
}
