/** From a Target document to a driver: the one place that knows which kinds of target there are. */
import { readFileSync } from "node:fs";
import type { Target } from "../model/files/index.js";
import type { Capabilities, TargetPort } from "../model/ports.js";
import { MusterError, unreachable } from "../support/errors.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "./active-directory/capabilities.js";
import type { PasswordRules } from "./secrets/password.js";
import { ActiveDirectoryTarget } from "./active-directory/target.js";
import { AD_LIKE, GRAPH_LIKE } from "./memory/presets.js";
import { memoryTarget } from "./memory/target.js";
import { DirectorySink } from "./secrets/directory-sink.js";

/** Looks a name up in the environment of the process. */
export type Environment = (name: string) => string | undefined;

/** What a kind of target can do, without a connection. */
export function capabilitiesOf(type: Target["type"]): Capabilities {
  switch (type) {
    case "active-directory":
      return ACTIVE_DIRECTORY_CAPABILITIES;
    case "entra-id":
      return GRAPH_LIKE.capabilities;
    case "memory":
      return AD_LIKE.capabilities;
    default:
      return unreachable(type);
  }
}

/**
 * The driver of a target; it is not connected yet. Throws MUS-1107 for an `env:` reference that is not set or not
 * allowed, and for a setting that the type needs and the target lacks; MUS-5001 when the CA file cannot be read.
 */
export function openTarget(target: Target, environment: Environment): TargetPort {
  const where = { target: target.name };
  switch (target.type) {
    case "active-directory":
      return openActiveDirectory(target, environment);
    case "entra-id":
      throw new MusterError("MUS-1107", { what: "the driver of Entra ID is not part of this version", where });
    case "memory":
      return memoryTarget({ ...AD_LIKE, name: target.name, managed: target.managed });
    default:
      return unreachable(target.type);
  }
}

function openActiveDirectory(target: Target, environment: Environment): ActiveDirectoryTarget {
  const value = (key: string, text: string | undefined) => resolve(target, key, text, environment);
  const caFile = target.caFile === undefined ? undefined : value("caFile", target.caFile);
  return new ActiveDirectoryTarget({
    name: target.name,
    url: listOf(target.url).map((url) => value("url", url)),
    startTls: target.startTls,
    insecureSkipVerify: target.insecureSkipVerify,
    ca: caFile === undefined ? undefined : readCa(target, caFile),
    user: value("bind.user", target.bind?.user),
    password: value("bind.password", target.bind?.password),
    base: value("base", target.base),
    managed: { accounts: target.managed.accounts, groups: target.managed.groups },
    claim: target.claim,
    stampsGuid: target.consistencyGuid === "stamp",
    passwords: passwordRules(target, environment),
  });
}

/** Without an address there is one that is missing. */
function listOf(url: Target["url"]): readonly (string | undefined)[] {
  return Array.isArray(url) ? url : [url];
}

/** The folder of the sink is looked up when a writer opens it: who plans in a pull request has none. */
function passwordRules(target: Target, environment: Environment): PasswordRules {
  const rule = ({ handOut = "never", mustChange = false }: NonNullable<Target["initialPassword"]> = {}) => {
    return { handOut, mustChange } as const;
  };
  const { secrets } = target;
  const initial = rule(target.initialPassword);
  const reset = rule(target.resetPassword);
  if (secrets === undefined || (initial.handOut === "never" && reset.handOut === "never"))
    return { initial, reset, sink: null };
  const sink = new DirectorySink({
    target: target.name,
    path: () => resolve(target, "secrets.path", secrets.path, environment),
    recipients: secrets.recipients,
    now: () => Date.now(),
  });
  return { initial, reset, sink };
}

/** A literal, or what `env:MUSTER_NAME` stands for. Other variables are not read: a policy file must not reach them. */
function resolve(target: Target, key: string, text: string | undefined, environment: Environment): string {
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

function readCa(target: Target, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const what = `the CA file ${path} cannot be read`;
    throw new MusterError("MUS-5001", { what, where: { target: target.name }, cause });
  }
}
