/** Stage tasks: sessions ended, passwords reset, temporary access passes handed out. */
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { MusterError } from "../../../support/errors.js";
import { isGone, succeeded } from "../../outcomes.js";
import { keepSecret, randomPassword } from "../../secrets/password.js";
import { path } from "../paths.js";
import { withPatience } from "../patience.js";
import { type Place, requireId } from "../place.js";
import type { GraphObject } from "../properties.js";
import { readUser } from "../read.js";
import { failedOutcome, isLost } from "./settle.js";

export async function runTask(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  try {
    switch (op.slot) {
      case "revoke-sessions":
        return await revokeSessions(place, anchor, op);
      case "reset-password":
        return await resetPassword(place, anchor, op);
      case "temporary-access-pass":
        return await handOutPass(place, anchor, op);
      default:
        throw new MusterError("MUS-9001", { what: `Entra ID has no task ${op.slot ?? ""}` });
    }
  } catch (error) {
    return failedOutcome(op, error);
  }
}

/** Refresh tokens and browser sessions end within minutes (user: revokeSignInSessions). Harmless to repeat. */
async function revokeSessions(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  const request = {
    method: "POST",
    path: path`/users/${requireId(anchor)}/revokeSignInSessions`,
    repeatable: true,
  } as const;
  await withPatience(place, [anchor], () => place.graph.send(request));
  return succeeded(op, anchor);
}

const ABOUT_PASSWORDS = ["userPrincipalName", "displayName"];

/** A password is set in a request of its own: it needs a role as well, and a refusal must not take anything with it. */
async function resetPassword(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  const user = await readUser(place, anchor, ABOUT_PASSWORDS);
  if (user === null) return isGone(op);
  const rule = place.passwords.reset;
  const password = randomPassword(ABOUT_PASSWORDS.flatMap((name) => textOf(user[name]) ?? []));
  const account = textOf(user.userPrincipalName) ?? anchor;
  const secret = { op, purpose: "reset", account, secret: password } as const;
  const kept = rule.handOut === "sealed" ? await keepSecret(place.passwords, secret) : null;
  const body = { passwordProfile: { password, forceChangePasswordNextSignIn: rule.mustChange } };
  try {
    await place.graph.send({ method: "PATCH", path: path`/users/${requireId(anchor)}`, body });
    return succeeded(op, anchor);
  } catch (error) {
    if (!isLost(error)) await kept?.withdraw();
    throw error;
  }
}

/** The pass is in the answer and never again; a new one replaces it. One that cannot be sealed is not asked for. */
async function handOutPass(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  if (place.passwords.sink === null)
    throw new MusterError("MUS-5008", {
      what: "a temporary access pass is to be sealed, and the Target has no secrets",
    });
  const user = await readUser(place, anchor, ABOUT_PASSWORDS);
  if (user === null) return isGone(op);
  const { minutes, once } = place.pass;
  const body = {
    ...(minutes === undefined ? {} : { lifetimeInMinutes: minutes }),
    ...(once === undefined ? {} : { isUsableOnce: once }),
  };
  const methods = path`/users/${requireId(anchor)}/authentication/temporaryAccessPassMethods`;
  const reply = await place.graph.send({ method: "POST", path: methods, body });
  const pass = textOf((reply.body as GraphObject | null)?.temporaryAccessPass);
  if (pass === null) throw new MusterError("MUS-5206", { what: "the answer holds no temporary access pass" });
  const account = textOf(user.userPrincipalName) ?? anchor;
  await keepSecret(place.passwords, { op, purpose: "temporary-access-pass", account, secret: pass });
  return succeeded(op, anchor);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
