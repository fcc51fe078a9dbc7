/** From a Target document to a driver: the one place that knows which kinds of target there are. */
import type { Target } from "../model/files/index.js";
import type { Capabilities, TargetPort } from "../model/ports.js";
import { unreachable } from "../support/errors.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "./active-directory/capabilities.js";
import { ActiveDirectoryTarget } from "./active-directory/target.js";
import { ENTRA_ID_CAPABILITIES } from "./entra-id/capabilities.js";
import { openEntraId } from "./entra-id/open.js";
import { AD_LIKE } from "./memory/presets.js";
import { memoryTarget } from "./memory/target.js";
import { type Environment, passwordRules, readPem, resolveSetting } from "./settings.js";

/** What a kind of target can do, without a connection. */
export function capabilitiesOf(type: Target["type"]): Capabilities {
  switch (type) {
    case "active-directory":
      return ACTIVE_DIRECTORY_CAPABILITIES;
    case "entra-id":
      return ENTRA_ID_CAPABILITIES;
    case "memory":
      return AD_LIKE.capabilities;
    default:
      return unreachable(type);
  }
}

/**
 * The driver of a target; it is not connected yet. Throws MUS-1107 for an `env:` reference that is not set or not
 * allowed, and for a setting that the type needs and the target lacks; MUS-5001 when a PEM file cannot be read.
 */
export function openTarget(target: Target, environment: Environment): TargetPort {
  switch (target.type) {
    case "active-directory":
      return openActiveDirectory(target, environment);
    case "entra-id":
      return openEntraId(target, environment);
    case "memory":
      return memoryTarget({ ...AD_LIKE, name: target.name, managed: target.managed });
    default:
      return unreachable(target.type);
  }
}

function openActiveDirectory(target: Target, environment: Environment): ActiveDirectoryTarget {
  const value = (key: string, text: string | undefined) => resolveSetting(target, key, text, environment);
  const caFile = target.caFile === undefined ? undefined : value("caFile", target.caFile);
  return new ActiveDirectoryTarget({
    name: target.name,
    url: listOf(target.url).map((url) => value("url", url)),
    startTls: target.startTls,
    insecureSkipVerify: target.insecureSkipVerify,
    ...timeoutsOf(target),
    ca: caFile === undefined ? undefined : readPem(target, caFile, "CA"),
    user: value("bind.user", target.bind?.user),
    password: value("bind.password", target.bind?.password),
    base: value("base", target.base),
    managed: { accounts: target.managed.accounts, groups: target.managed.groups },
    claim: target.claim,
    stampsGuid: target.consistencyGuid === "stamp",
    passwords: passwordRules(target, environment),
  });
}

/** Milliseconds; undefined where the Target says nothing, and the driver has its own. The schema has checked the form. */
export function timeoutsOf({ timeouts = {} }: Target) {
  const milliseconds = (text: string | undefined) =>
    text === undefined ? undefined : Number.parseInt(text, 10) * (text.endsWith("m") ? 60_000 : 1000);
  return {
    connectTimeout: milliseconds(timeouts.connect),
    operationTimeout: milliseconds(timeouts.operation),
  };
}

/** Without an address there is one that is missing. */
function listOf(url: Target["url"]): readonly (string | undefined)[] {
  return Array.isArray(url) ? url : [url];
}
