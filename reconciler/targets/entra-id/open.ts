/** From a Target document of type entra-id to its driver. */
import type { Target } from "../../model/files/index.js";
import { MusterError } from "../../support/errors.js";
import { type Environment, passwordRules, readPem, resolveSetting } from "../settings.js";
import type { Credential } from "./credentials.js";
import { githubAssertion } from "./github-assertion.js";
import { EntraIdTarget } from "./target.js";
import { openTransport } from "./transport.js";

/** Not connected yet. Throws MUS-1107 and, for a PEM file that cannot be read, MUS-5001. */
export function openEntraId(target: Target, environment: Environment): EntraIdTarget {
  const value = (key: string, text: string | undefined) => resolveSetting(target, key, text, environment);
  const optional = (key: string, text: string | undefined) => (text === undefined ? undefined : value(key, text));
  const caFile = optional("caFile", target.caFile);
  return new EntraIdTarget({
    name: target.name,
    tenant: value("tenant", target.tenant),
    credential: credentialOf(target, environment),
    graph: optional("graph", target.graph),
    authority: optional("authority", target.authority),
    ca: caFile === undefined ? undefined : readPem(target, caFile, "CA"),
    managed: target.managed,
    claim: target.claim,
    passwords: passwordRules(target, environment),
    pass: target.temporaryAccessPass,
  });
}

function credentialOf(target: Target, environment: Environment): Credential {
  const { credential } = target;
  const value = (key: string, text: string) => resolveSetting(target, `credential.${key}`, text, environment);
  if (credential === undefined)
    throw new MusterError("MUS-1107", {
      what: `target ${target.name} has no credential, which a target of type ${target.type} needs`,
      where: { target: target.name },
      next: "Add credential to the Target.",
    });
  if ("managedIdentity" in credential) {
    const { clientId } = credential;
    return { kind: "managed-identity", clientId: clientId === undefined ? null : value("clientId", clientId) };
  }
  const clientId = value("clientId", credential.clientId);
  if ("secret" in credential) return { kind: "secret", clientId, secret: value("secret", credential.secret) };
  if ("certificateFile" in credential) {
    const path = value("certificateFile", credential.certificateFile);
    return { kind: "certificate", clientId, pem: readPem(target, path, "certificate") };
  }
  return { kind: "federated", clientId, assertion: githubAssertion(target.name, environment, openTransport()) };
}
