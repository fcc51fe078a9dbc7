/** The place of an account: moves, and containers that are missing. */
import type { Reason } from "../model/intent.js";
import type { Op } from "../model/op.js";
import type { CompiledValue } from "../policy/compiled.js";
import { missingContainers } from "./containers.js";
import { type Draft, draftFor, driftOf, mappingReason } from "./drafts.js";
import type { Findings, Subject, TargetView } from "./subject.js";
import { isSameAddress } from "./view.js";

/** Move to the container of the stage, when that container exists. */
export function diffPlace(view: TargetView, subject: Subject, findings: Findings): Draft[] {
  const { account, intent, mapping } = subject;
  if (account === null || intent.container === null || account.container === null) return [];
  const { target } = subject;
  if (isSameAddress(target, account.container, intent.container)) return [];
  const newContainers = missingContainers(view, intent.container);
  if (newContainers === null) {
    reportContainer(subject, intent.container, findings);
    return [];
  }
  const last = subject.entry?.current?.container ?? null;
  const drifted = last !== null && isSameAddress(target, last, intent.container);
  const origin: Op["origin"] =
    last === null || isSameAddress(target, last, account.container) ? "policy" : drifted ? "drift" : "both";
  if (origin === "drift" && mapping.containerDrift === "notify") {
    findings.add({
      kind: "drift",
      severity: "info",
      identity: subject.identity,
      target: subject.target.name,
      object: account.address,
      what: `the account of ${intent.label} was moved by somebody else to ${account.container}; policy says notify`,
      next: "Move it back, or set onDrift: correct for the container.",
      drift: driftOf("container"),
    });
    return [];
  }
  return [
    draftFor(subject, {
      verb: "move",
      before: { container: account.container },
      after: { container: intent.container },
      newContainers,
      origin,
      drift: origin === "policy" ? [] : ["container"],
      reasons: [moveReason(subject, origin, last)],
    }),
  ];
}

export function reportContainer(subject: Subject, container: string, findings: Findings): void {
  findings.add({
    kind: "container-missing",
    severity: "warning",
    identity: subject.identity,
    target: subject.target.name,
    object: container,
    what: `${subject.intent.label} belongs in ${container}, which does not exist or is not managed`,
    next: "Create the container, or correct the mapping or the Target's managed containers.",
  });
}

/**
 * What brought the move about: the rule of the container, with the fields of HR that it reads. The stage is named only
 * where it chose the place: by a container of its own, or since the account leaves the one of another stage. `last` is the
 * container that the ledger confirmed.
 */
function moveReason(subject: Subject, origin: Op["origin"], last: string | null): Reason {
  const { intent, mapping } = subject;
  const { stage, because } = intent.stage;
  const own = mapping.container[stage];
  const rule = own ?? mapping.container.default;
  const isOfStage = own !== undefined || (last !== null && isPlaceOfOther(subject, last));
  const rules = `the container rule gives another place than ${last === null ? "it was found in" : "before"}`;
  const cause = isOfStage ? `${stage}: ${because}` : rules;
  const parts = [...(origin === "drift" ? [] : [cause]), ...(origin === "policy" ? [] : ["somebody else moved it"])];
  const fields = origin === "drift" ? [] : (rule?.expression?.paths ?? []);
  return {
    ...mappingReason(subject, parts.join("; "), own === undefined ? "/container/default" : `/container/${stage}`),
    ...(fields.length === 0 ? {} : { fields: [...new Set(fields)] }),
  };
}

function isPlaceOfOther({ target, mapping, intent }: Subject, container: string): boolean {
  const rules = Object.entries<CompiledValue | undefined>(mapping.container);
  return rules.some(
    ([stage, rule]) =>
      stage !== "default" &&
      stage !== intent.stage.stage &&
      typeof rule?.constant === "string" &&
      isSameAddress(target, rule.constant, container),
  );
}
