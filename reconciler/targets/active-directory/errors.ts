/** From what the server said to the outcome of an op. */
import type { Anchor } from "../../model/observed.js";
import type { Op, Outcome } from "../../model/op.js";
import { MusterError } from "../../support/errors.js";
import { anchorOfOp } from "../outcomes.js";
import { ConnectionLost, hasCode, LdapError } from "./connection.js";

/**
 * No reply came, and the object is as it was before: the change did not take effect. A request that was late may still be
 * executed, so that one stays unknown.
 */
export function notExecuted(op: Op, error: ConnectionLost): Outcome {
  if (error.late) return unknownOutcome(op, error);
  const detail = "the connection was lost, and the change did not take effect";
  return { op: op.id, kind: "failed", anchor: anchorOfOp(op), code: "MUS-5001", detail };
}

export function unknownOutcome(op: Op, error: unknown): Outcome {
  const detail = `no reply came: ${error instanceof Error ? error.message : String(error)}`;
  return { op: op.id, kind: "unknown", anchor: anchorOfOp(op), code: "MUS-5007", detail };
}

/**
 * The outcome of an error that nothing more is known about. A lost reply is unknown; what the server refused is MUS-5006
 * with its code and text, or MUS-5004 for an attribute it does not know (Active Directory answers noSuchAttribute). A value
 * to be deleted that is not there is noSuchAttribute too; that case has been told apart by reading before it comes here.
 */
export function failedOutcome(op: Op, error: unknown, anchor: Anchor | null = anchorOfOp(op)): Outcome {
  if (error instanceof ConnectionLost) return error.sent ? unknownOutcome(op, error) : notExecuted(op, error);
  if (error instanceof MusterError) return { op: op.id, kind: "failed", anchor, code: error.code, detail: error.what };
  if (!(error instanceof LdapError)) throw error;
  const isUnknownAttribute = hasCode(error, "noSuchAttribute") || hasCode(error, "undefinedAttributeType");
  const code = isUnknownAttribute ? "MUS-5004" : "MUS-5006";
  return { op: op.id, kind: "failed", anchor, code, detail: error.message };
}
