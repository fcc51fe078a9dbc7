/** What a Target document says, with what it leaves to the environment filled in. */
import { readFileSync } from "node:fs";
import type { Target } from "../model/files/index.js";
import { MusterError } from "../support/errors.js";
import { DirectorySink } from "./secrets/directory-sink.js";
import type { PasswordRules } from "./secrets/password.js";

/** Looks a name up in the environment of the process. */
export type Environment = (name: string) => string | undefined;

/** The folder of the sink is looked up when a writer opens it: who plans in a pull request has none. */
export function passwordRules(target: Target, environment: Environment): PasswordRules {
  const rule = ({ handOut = "never", mustChange = false }: NonNullable<Target["initialPassword"]> = {}) => {
    return { handOut, mustChange } as const;
  };
  const { secrets } = target;
  const initial = rule(target.initialPassword);
  const reset = rule(target.resetPassword);
  // A temporary access pass has no rule of its own: it is always sealed.
  const mayHandOut = initial.handOut !== "never" || reset.handOut !== "never" || target.type === "entra-id";
  if (secrets === undefined || !mayHandOut) return { initial, reset, sink: null };
  const sink = new DirectorySink({
    target: target.name,
    path: () => resolveSetting(target, "secrets.path", secrets.path, environment),
    recipients: secrets.recipients,
    now: () => Date.now(),
  });
  return { initial, reset, sink };
}

/** A literal, or what `env:MUSTER_NAME` stands for. Other variables are not read: a policy file must not reach them. */
export function resolveSetting(
  target: Target,
  key: string,
  text: string | undefined,
  environment: Environment,
): string {
  const where = { target: target.name };
  if (text === undefined)
    throw new MusterError("MUS-1107", {
      what: `target ${target.name} has no ${key}, which a target of type ${target.type} needs`,
      where,
      next: `Add ${key} to the Target.`,
    });
  if (!text.startsWith("env:")) return text;
  const name = text.slice("env:".length);
  if (!/^MUSTER_[A-Z0-9_]+$/.test(name))
    throw new MusterError("MUS-1107", { what: `${key} names the variable ${name}, which is not read`, where });
  const value = environment(name);
  if (value === undefined || value === "")
    throw new MusterError("MUS-1107", { what: `${key} needs the variable ${name}, which is not set`, where });
  return value;
}

/** A PEM file; `what` says what it holds. Throws MUS-5001. */
export function readPem(target: Target, path: string, kind: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const what = `the ${kind} file ${path} cannot be read`;
    throw new MusterError("MUS-5001", { what, where: { target: target.name }, cause });
  }
}
