/** The `check:` sentences of a case: facts that hold whatever expected.txt says. */
import type { Op } from "../../reconciler/model/op.js";
import type { StoredValue } from "../../reconciler/targets/memory/records.js";
import { containerName, type Played, type Story } from "./story.js";
import type { Tenant } from "./tenant.js";

/** null: the sentence is true; otherwise why it is not. */
type Judge = (story: Story, played: Played, ...words: string[]) => string | null;

const SENTENCES: readonly (readonly [RegExp, Judge])[] = [
  [/^account of (.+) is (enabled|disabled)$/, judgeState],
  [/^account of (.+) is in (\w+)$/, judgeContainer],
  [
    /^there is no account of (.+)$/,
    (story, _played, name) => fail(story.search("account", name) === undefined, "there is one"),
  ],
  [/^there (?:is|are) (\d+) accounts?$/, judgeAccounts],
  [/^(\w+) of (.+) is "(.*)"$/, judgeAttribute],
  [/^(\w+) of (.+) is empty$/, (story, played, attribute, name) => judgeAttribute(story, played, attribute, name, "")],
  [/^(.+) is a member of (.+)$/, (story, _played, name, group) => fail(isMember(story, name, group), "it is not")],
  [/^(.+) is not a member of (.+)$/, (story, _played, name, group) => fail(!isMember(story, name, group), "it is")],
  [/^no ops$/, (_story, { result }) => judgeCount(result.plan.ops, 0)],
  [/^(\d+) ops?$/, (_story, { result }, count) => judgeCount(result.plan.ops, Number(count))],
  [/^no op of verb ([\w-]+)$/, (_story, played, verb) => judgeCount(opsOf(played, verb), 0)],
  [/^(\d+) ops? of verb ([\w-]+)$/, (_story, played, count, verb) => judgeCount(opsOf(played, verb), Number(count))],
  [/^op ([\w-]+) of (.+?)(?: on ([\w-]+))?$/, judgeOp],
  [/^origin of ([\w-]+) of (.+) is (policy|drift|both)$/, judgeOrigin],
  [
    /^no findings$/,
    (_story, { result }) =>
      judgeNames(
        result.plan.findings.map((f) => f.kind),
        0,
      ),
  ],
  [/^(?:(critical|warning|info) )?finding ([\w-]+)(?: about (.+))?$/, judgeFinding],
  [
    /^next step of ([\w-]+) names (.+)$/,
    (_story, { result }, kind, text = "") =>
      fail(
        result.plan.findings.some((f) => f.kind === kind && f.next.includes(text)),
        "it does not",
      ),
  ],
  [
    /^no finding ([\w-]+)$/,
    (_story, { result }, kind) =>
      judgeNames(
        result.plan.findings.filter((f) => f.kind === kind).map((f) => f.kind),
        0,
      ),
  ],
  [/^nothing is written$/, (_story, { writes }) => fail(writes === 0, `${writes} requests were written`)],
  [/^plan is refused by (\S.*)$/, judgeRefusal],
  [
    /^plan is let through by (\S+)$/,
    (_story, { result }, by) =>
      fail(!result.refused && result.plan.guards.some((g) => g.verdict === "let-through" && g.by === by), "it is not"),
  ],
  [/^user (.+) is (enabled|disabled) in the tenant$/, judgeUser],
  [/^user (.+) has (\w+)(?: with (\S+))?$/, judgeLicence],
  [/^user (.+) does not have (\w+)$/, judgeNoLicence],
  [/^user (.+) is (in|not in) (.+)$/, judgeTenantMember],
  [
    /^there is no user (.+)$/,
    (story, _played, name) => fail(tenantOf(story).search("account", name) === undefined, "there is one"),
  ],
  [
    /^worker (\S+) is (bound|not bound) in the tenant$/,
    (story, _played, id, how) =>
      fail((story.ledgerOf(id, "contoso")?.current != null) === (how === "bound"), "it is otherwise"),
  ],
  [/^(\d+) outcomes? ([a-z]+)$/, judgeOutcomes],
  [/^objectGUID of worker (\S+) is (unchanged|changed)$/, judgeAnchor],
  [/^objectGUID of worker (\S+) is (the one|not the one) of worker (\S+)$/, judgeInherited],
  [
    /^worker (\S+) is (bound|not bound)$/,
    (story, _played, id, how) => fail((story.ledgerOf(id)?.current != null) === (how === "bound"), "it is otherwise"),
  ],
  [/^ledger of worker (\S+) says (\w+) (\S+)$/, judgeLedger],
];

/** Why a sentence is not true, or null. An unknown sentence throws. */
export function judge(sentence: string, story: Story, played: Played): string | null {
  for (const [pattern, test] of SENTENCES) {
    const match = pattern.exec(sentence);
    if (match !== null) return test(story, played, ...match.slice(1).map((word) => word ?? ""));
  }
  throw new Error(`no such check: ${sentence}`);
}

function fail(holds: boolean, why: string): string | null {
  return holds ? null : why;
}

function judgeState(story: Story, _played: Played, name = "", state = ""): string | null {
  const have = story.account(name).enabled ? "enabled" : "disabled";
  return fail(have === state, `it is ${have}`);
}

function tenantOf(story: Story): Tenant {
  if (story.tenant === null) throw new Error("the case has no tenant");
  return story.tenant;
}

function judgeUser(story: Story, _played: Played, name = "", state = ""): string | null {
  const have = tenantOf(story).find("account", name).enabled ? "enabled" : "disabled";
  return fail(have === state, `it is ${have}`);
}

function judgeLicence(story: Story, _played: Played, name = "", sku = "", plans = ""): string | null {
  const have = tenantOf(story).plansOf(sku, name);
  return fail(have !== null && (plans === "" || have === plans), `it has ${have ?? "none"}`);
}

function judgeNoLicence(story: Story, _played: Played, name = "", sku = ""): string | null {
  const have = tenantOf(story).plansOf(sku, name);
  return fail(have === null, `it has ${have}`);
}

function judgeTenantMember(story: Story, _played: Played, name = "", how = "", group = ""): string | null {
  const tenant = tenantOf(story);
  const { accounts } = tenant.target.directory.membersOf(tenant.find("group", group).anchor);
  return fail(accounts.has(tenant.find("account", name).anchor) === (how === "in"), "it is otherwise");
}

function judgeContainer(story: Story, _played: Played, name = "", container = ""): string | null {
  const have = containerName(story.account(name).container);
  return fail(have === container, `it is in ${have}`);
}

function judgeAccounts(story: Story, _played: Played, count = ""): string | null {
  const have = [...story.target.directory.records.values()].filter((record) => record.kind === "account").length;
  return fail(have === Number(count), `there are ${have}`);
}

function judgeAttribute(story: Story, _played: Played, attribute = "", name = "", want = ""): string | null {
  const have = textOf(story, story.account(name).attributes[attribute]);
  return fail(have === want, `it is "${have}"`);
}

function textOf(story: Story, value: StoredValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "object" && "anchor" in value)
    return String(story.target.directory.records.get(value.anchor)?.attributes.cn ?? "");
  return Array.isArray(value) ? [...value].sort().join(", ") : String(value);
}

function isMember(story: Story, name = "", group = ""): boolean {
  const members = story.target.directory.membersOf(story.find("group", group).anchor);
  return members.accounts.has(story.account(name).anchor);
}

function opsOf({ result }: Played, verb = ""): Op[] {
  return result.plan.ops.filter((op) => op.verb === verb);
}

function judgeCount(ops: readonly Op[], want: number): string | null {
  return fail(
    ops.length === want,
    `there are ${ops.length}: ${ops.map((op) => `${op.verb} ${op.slot ?? ""}`).join(", ")}`,
  );
}

function judgeNames(names: readonly string[], want: number): string | null {
  return fail(names.length === want, `there are: ${names.join(", ")}`);
}

function judgeOp(_story: Story, played: Played, verb = "", label = "", slot = ""): string | null {
  const found = opsOf(played, verb).some((op) => op.label === label && (slot === "" || op.slot === slot));
  return fail(found, "it is not planned");
}

function judgeOrigin(_story: Story, played: Played, verb = "", label = "", origin = ""): string | null {
  const have = opsOf(played, verb)
    .filter((op) => op.label === label)
    .map((op) => String(op.origin));
  return fail(have.length > 0 && have.every((each) => each === origin), `it is ${have.join(", ") || "not planned"}`);
}

function judgeFinding(_story: Story, { result }: Played, severity = "", kind = "", about = ""): string | null {
  const found = result.plan.findings.some(
    (f) => f.kind === kind && (severity === "" || f.severity === severity) && (about === "" || f.what.includes(about)),
  );
  return fail(found, `there are: ${result.plan.findings.map((f) => `${f.severity} ${f.kind}: ${f.what}`).join(" | ")}`);
}

function judgeRefusal(_story: Story, { result }: Played, guard = ""): string | null {
  const refusing = result.plan.guards.filter((g) => g.verdict === "refuse").map((g) => g.guard);
  return fail(result.refused && refusing.includes(guard), `refusing guards: ${refusing.join(", ") || "none"}`);
}

function judgeOutcomes(_story: Story, { result }: Played, count = "", kind = ""): string | null {
  const have = [...result.executed, ...result.decided].filter(({ outcome }) => outcome.kind === kind).length;
  return fail(have === Number(count), `there are ${have}`);
}

function judgeAnchor(story: Story, _played: Played, id = "", how = ""): string | null {
  const now = story.ledgerOf(id)?.current?.anchor;
  return fail(
    now !== undefined && (story.first.get(id) === now) === (how === "unchanged"),
    `it is ${now ?? "not bound"}`,
  );
}

function judgeInherited(story: Story, _played: Played, id = "", how = "", other = ""): string | null {
  const now = story.ledgerOf(id)?.current?.anchor;
  return fail(
    now !== undefined && (story.first.get(other) === now) === (how === "the one"),
    `it is ${now ?? "not bound"}`,
  );
}

function judgeLedger(story: Story, _played: Played, id = "", key = "", want = ""): string | null {
  const current = story.ledgerOf(id)?.current as Readonly<Record<string, unknown>> | null | undefined;
  return fail(String(current?.[key]) === want, `it says ${String(current?.[key])}`);
}
