/** Makes checks: one place for their form. */
import type { Check } from "../../model/check.js";

export function ok(topic: string, subject: string | null, what: string): Check {
  return { level: "ok", topic, subject, what, remedy: null };
}

export function warning(topic: string, subject: string | null, what: string, remedy: string): Check {
  return { level: "warning", topic, subject, what, remedy };
}

export function problem(topic: string, subject: string | null, what: string, remedy: string): Check {
  return { level: "problem", topic, subject, what, remedy };
}

export function unknown(topic: string, subject: string | null, what: string, remedy: string | null = null): Check {
  return { level: "unknown", topic, subject, what, remedy };
}

/** "3 containers", "1 account". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
