/**
 * Whether a text can be an age recipient, without asking anybody: Bech32 as BIP 173 has it, but of any length, with one of
 * the prefixes of age's own recipients (C2SP age.md). The checksum finds every mistyped or missing character.
 */

/** Prefix to the bytes of the key that follows; null where the length is not checked. */
const KEY_BYTES: Readonly<Record<string, number | null>> = { age: 32, age1pq: null, age1tag: null, age1tagpq: null };
const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
const CHECKSUM = 6;

/** What is wrong with a recipient, null when nothing is. The text itself is not repeated: it may be a private key. */
export function recipientProblem(text: string): string | null {
  if (/^AGE-SECRET-KEY-/i.test(text)) return "is a private key; it must not be in a policy, so make a new pair";
  if (/^ssh-/.test(text)) return "is an SSH key; only age recipients (age1...) are taken";
  const cut = text.lastIndexOf("1");
  const bytes = KEY_BYTES[text.slice(0, Math.max(0, cut))];
  if (bytes === undefined) return "does not begin with age1";
  const digits = [...text.slice(cut + 1)].map((letter) => LETTERS.indexOf(letter));
  if (digits.includes(-1)) return "has a character that no recipient has";
  const prefix = [...text.slice(0, cut)].map((letter) => letter.charCodeAt(0));
  const expanded = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...digits];
  if (polymod(expanded) !== 1) return "does not fit its checksum: a character is wrong or missing";
  const length = Math.floor(((digits.length - CHECKSUM) * 5) / 8);
  return bytes === null || length === bytes ? null : `holds ${length} bytes and not ${bytes}`;
}

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of GENERATOR.entries()) if ((top >> bit) & 1) sum ^= generator;
  }
  return sum >>> 0;
}
