/** Passwords that targets set. They are written and forgotten, or sealed: nothing logs them, and nothing stores them in clear. */
import { randomInt } from "node:crypto";
import type { Op } from "../../model/op.js";
import type { KeptSecret, Secret, SecretSink } from "../../model/ports.js";
import { MusterError } from "../../support/errors.js";

export interface PasswordRule {
  readonly handOut: "never" | "sealed";
  readonly mustChange: boolean;
}

export interface PasswordRules {
  readonly initial: PasswordRule;
  readonly reset: PasswordRule;
  /** null: nothing is handed out. */
  readonly sink: SecretSink | null;
}

const FORGOTTEN: PasswordRule = { handOut: "never", mustChange: false };
export const FORGOTTEN_PASSWORDS: PasswordRules = { initial: FORGOTTEN, reset: FORGOTTEN, sink: null };

/** Without those that look alike (0 O 1 l I), so that a sink can hand them out on paper. */
const CLASSES = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "!#$%*+-./:=?@_~"] as const;

const LENGTH = 28;

/**
 * A random password of 28 characters that has all of Active Directory's categories (MS-SAMR 3.1.1.7.2). `avoid` are
 * names that it may not contain: with parts of three characters a random text hits one by chance, then another is drawn.
 */
export function randomPassword(avoid: readonly string[] = []): string {
  const all = CLASSES.join("");
  const parts = avoid.flatMap((name) => [name, ...name.split(/[,.\-_ #\t]+/)]).map((part) => part.toLowerCase());
  for (;;) {
    const chars = CLASSES.map((letters) => pick(letters));
    while (chars.length < LENGTH) chars.push(pick(all));
    const password = mix(chars).join("");
    const lower = password.toLowerCase();
    if (!parts.some((part) => part.length > 2 && lower.includes(part))) return password;
  }
}

export interface SecretOf extends Pick<Secret, "purpose" | "account" | "secret"> {
  readonly op: Op;
}

/** Seals it into the sink, durably. Throws MUS-5008. */
export async function keepSecret({ sink }: PasswordRules, { op, ...secret }: SecretOf): Promise<KeptSecret> {
  if (sink === null) throw new MusterError("MUS-5008", { what: "a password is to be sealed, and there is no sink" });
  return sink.put({ target: op.target, op: op.id, identity: op.identity, ...secret });
}

function pick(letters: string): string {
  return letters.charAt(randomInt(letters.length));
}

/** Fisher-Yates, so that the first four characters do not always show the four categories. */
function mix(chars: string[]): string[] {
  for (let i = chars.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [chars[i], chars[j]] = [chars[j] as string, chars[i] as string];
  }
  return chars;
}
