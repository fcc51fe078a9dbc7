import { describe, expect, it } from "vitest";
import type { IdentityKey } from "../../../../reconciler/model/identity.js";
import type { Outcome, Values } from "../../../../reconciler/model/op.js";
import type { ReadyOp, Secret } from "../../../../reconciler/model/ports.js";
import type { Place } from "../../../../reconciler/targets/entra-id/place.js";
import { createAccount } from "../../../../reconciler/targets/entra-id/write/create.js";
import { type Asked, answeringGraph, id, ROOT, refusal, type Scripted } from "../../../support/answering-graph.js";
import { readyOp } from "../../../support/ready-ops.js";

const ADA = id(1);
const BOSS = id(9);
const UPN = "ada@contoso.example";

function create(more: Values = {}) {
  return readyOp("create", {
    object: { claim: "claim-1" },
    after: { userPrincipalName: UPN, displayName: "Ada", enabled: true, ...more },
    references: { "person:hr:9": BOSS },
  });
}

/** A create by itself. */
async function createOne(place: Place, ready: ReadyOp): Promise<Outcome> {
  const [outcome, ...others] = await createAccount(place, ready, []);
  if (outcome === undefined || others.length > 0) throw new Error("one outcome was expected");
  return outcome;
}

const isPost = ({ method, path }: Asked) => method === "POST" && path === "/users";
const made: Scripted = { status: 201, body: { id: ADA } };
const taken = refusal(
  400,
  "Request_BadRequest",
  "Another object with the same value for property userPrincipalName already exists.",
);
const holder = (claim: string): Scripted => ({ status: 200, body: { id: ADA, employeeType: claim } });
const nobody: Scripted = { status: 200, body: { value: [] } };

/** Answers a POST as told, a look-up by name as told, and a search for the claim with nobody. */
function graphWith(post: (n: number) => Scripted, byName: () => Scripted | undefined = () => undefined) {
  let posts = 0;
  return answeringGraph((asked) => {
    if (isPost(asked)) return post(posts++);
    if (asked.path.startsWith(`/users/${UPN}?`)) return byName();
    return asked.path.startsWith("/users?$filter=employeeType eq 'claim-1'") ? nobody : undefined;
  });
}

describe("create", () => {
  it("is one request with everything in it, and the id of its answer", async () => {
    const { place, asked } = graphWith(() => made);
    const manager = { ref: "person:hr:9" as IdentityKey };
    const values = { manager, jobTitle: "Engineer", "employeeOrgData.division": "R&D", businessPhones: "+49 1" };
    expect(await createOne(place, create(values))).toMatchObject({ kind: "done", anchor: ADA });
    expect(asked).toHaveLength(1);
    const { passwordProfile, ...body } = asked[0]?.body ?? {};
    expect(body).toEqual({
      accountEnabled: true,
      userPrincipalName: UPN,
      displayName: "Ada",
      mailNickname: "ada",
      employeeType: "claim-1",
      jobTitle: "Engineer",
      employeeOrgData: { division: "R&D" },
      businessPhones: ["+49 1"],
      "manager@odata.bind": `${ROOT}/v1.0/users/${BOSS}`,
    });
    const password = expect.stringMatching(/^.{28}$/);
    expect(passwordProfile).toEqual({ password, forceChangePasswordNextSignIn: false });
  });

  it("puts the hire date into a PATCH of its own, which waits until the account can be seen", async () => {
    let patches = 0;
    const { place, writes } = answeringGraph((asked) => {
      if (isPost(asked)) return made;
      patches += 1;
      return patches < 3 ? refusal(404, "Request_ResourceNotFound") : { status: 204 };
    });
    const outcome = await createOne(place, create({ employeeHireDate: "2026-12-01T00:00:00Z" }));
    expect(outcome).toMatchObject({ kind: "done", anchor: ADA });
    expect(writes()).toEqual(["POST /users", ...Array(3).fill(`PATCH /users/${ADA}`)]);
  });

  it("whose answer was lost is looked for by its name and claim, and never sent again", async () => {
    let looks = 0;
    const { place, writes } = graphWith(
      () => ({ status: 504 }),
      () => {
        looks += 1;
        return looks < 3 ? undefined : holder("claim-1");
      },
    );
    expect(await createOne(place, create())).toMatchObject({ kind: "done", anchor: ADA });
    expect(writes()).toEqual(["POST /users"]);
  });

  it("whose answer was lost and that cannot be found is unknown, and never sent again", async () => {
    const { place, writes } = graphWith(() => "lost");
    expect(await createOne(place, create())).toMatchObject({ kind: "unknown", code: "MUS-5007", anchor: null });
    expect(writes()).toEqual(["POST /users"]);
  });

  it("says already where our claim holds the name, and fails where somebody else does", async () => {
    const ours = graphWith(
      () => taken,
      () => holder("claim-1"),
    );
    expect(await createOne(ours.place, create())).toMatchObject({ kind: "already", anchor: ADA });
    const theirs = graphWith(
      () => taken,
      () => holder("claim-2"),
    );
    const outcome = await createOne(theirs.place, create());
    expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5006" });
    expect(outcome.detail).not.toContain(UPN);
    expect(theirs.writes()).toEqual(["POST /users"]);
  });

  it("is refused where the manager is gone, and waits for one that this run made", async () => {
    const gone = graphWith(() => refusal(404, "Request_ResourceNotFound"));
    const manager = { ref: "person:hr:9" as IdentityKey };
    expect(await createOne(gone.place, create({ manager }))).toMatchObject({ kind: "refused", code: "MUS-5005" });
    const late = graphWith((n) => (n < 2 ? refusal(404, "Request_ResourceNotFound") : made));
    late.place.young.set(BOSS, late.place.clock.now());
    expect(await createOne(late.place, create({ manager }))).toMatchObject({ kind: "done" });
  });

  it("says that the account exists where something after it failed", async () => {
    const { place } = answeringGraph((asked) => (isPost(asked) ? made : refusal(403, "Authorization_RequestDenied")));
    const outcome = await createOne(place, create({ employeeHireDate: "2026-12-01T00:00:00Z" }));
    expect(outcome).toMatchObject({ kind: "failed", anchor: ADA, code: "MUS-5202" });
    expect(outcome.detail).toMatch(/^the account exists/);
  });

  it("keeps the sealed password before it is sent, and takes it back where the tenant refuses", async () => {
    const kept: Secret[] = [];
    let withdrawn = 0;
    const sink = {
      open: async () => {},
      put: async (secret: Secret) => {
        kept.push(secret);
        return {
          withdraw: async () => {
            withdrawn += 1;
          },
        };
      },
    };
    const initial = { handOut: "sealed", mustChange: true } as const;
    const passwords = { initial, reset: initial, sink };
    const answers = [made, taken];
    const { place, asked } = answeringGraph((one) => (isPost(one) ? answers.shift() : nobodyOr(one)), { passwords });
    await createOne(place, create());
    expect(asked[0]?.body.passwordProfile).toEqual({
      password: kept[0]?.secret,
      forceChangePasswordNextSignIn: true,
    });
    expect(withdrawn).toBe(0);
    await createOne(place, create());
    expect([kept.length, withdrawn]).toEqual([2, 1]);
  });

  it("joins the administrative unit that is managed", async () => {
    const unit = id(77);
    const { place, writes } = answeringGraph((one) => (isPost(one) ? made : undefined), {
      units: new Map([[unit, new Set()]]),
    });
    expect(await createOne(place, create())).toMatchObject({ kind: "done" });
    expect(writes()).toEqual(["POST /users", `POST /directory/administrativeUnits/${unit}/members/$ref`]);
  });
});

describe("a create with the manager as an op of its own", () => {
  const manager = { ref: "person:hr:9" as IdentityKey };
  const follows = readyOp("update", {
    object: { claim: "claim-1" },
    slot: "manager",
    before: { manager: null },
    after: { manager },
    references: { "person:hr:9": BOSS },
  });
  const bound = (asked: readonly Asked[]) => asked.filter(isPost).map(({ body }) => body["manager@odata.bind"] ?? null);
  const BIND = `${ROOT}/v1.0/users/${BOSS}`;

  it("is one request", async () => {
    const { place, asked } = graphWith(() => made);
    const outcomes = await createAccount(place, create(), [follows]);
    expect(outcomes).toMatchObject([
      { kind: "done", anchor: ADA },
      { op: follows.op.id, kind: "done", anchor: ADA },
    ]);
    expect(asked).toHaveLength(1);
    expect(bound(asked)).toEqual([BIND]);
  });

  it("goes without a manager who is gone, and only the manager is refused", async () => {
    const { place, asked } = graphWith((n) => (n === 0 ? refusal(404, "Request_ResourceNotFound") : made));
    const outcomes = await createAccount(place, create(), [follows]);
    expect(outcomes).toMatchObject([{ kind: "done" }, { kind: "refused", code: "MUS-5005" }]);
    expect(bound(asked)).toEqual([BIND, null]);
  });

  it("is sent again without the manager where Graph refuses it, who then follows in a request", async () => {
    const { place, asked, writes } = graphWith((n) => (n === 0 ? refusal(400, "Request_BadRequest", "No.") : made));
    const outcomes = await createAccount(place, create(), [follows]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "done"]);
    expect(bound(asked)).toEqual([BIND, null]);
    expect(writes()).toEqual(["POST /users", "POST /users", `PUT /users/${ADA}/manager/$ref`]);
  });

  it("waits for a manager whom this run made rather than go without", async () => {
    const { place, asked } = graphWith((n) => (n < 2 ? refusal(404, "Request_ResourceNotFound") : made));
    place.young.set(BOSS, place.clock.now());
    const outcomes = await createAccount(place, create(), [follows]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "done"]);
    expect(bound(asked)).toEqual([BIND, BIND, BIND]);
  });

  it("whose answer was lost sets the manager of the account that is found", async () => {
    const { place, writes } = graphWith(
      () => ({ status: 504 }),
      () => holder("claim-1"),
    );
    const outcomes = await createAccount(place, create(), [follows]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "done"]);
    expect(writes()).toEqual(["POST /users", `PUT /users/${ADA}/manager/$ref`]);
  });

  it("that was made before reads the account, and sets the manager it lacks", async () => {
    const { place, writes } = answeringGraph((asked) => {
      if (isPost(asked)) return taken;
      if (asked.path.startsWith(`/users/${UPN}?`)) return holder("claim-1");
      if (asked.method === "GET") return { status: 200, body: { id: ADA, onPremisesSyncEnabled: null } };
      return { status: 204 };
    });
    const outcomes = await createAccount(place, create(), [follows]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["already", "done"]);
    expect(writes()).toEqual(["POST /users", `PUT /users/${ADA}/manager/$ref`]);
  });

  it.each([
    ["refused", (): Scripted => refusal(403, "Authorization_RequestDenied"), "failed"],
    ["lost for good", (): Scripted => "lost", "unknown"],
  ])("that is %s says the same of the manager as of any op whose need was not done", async (_, post, kind) => {
    const { place } = graphWith(post);
    expect(await createAccount(place, create(), [follows])).toMatchObject([
      { kind },
      { op: follows.op.id, kind: "refused", code: "MUS-5005" },
    ]);
  });
});

function nobodyOr({ path }: Asked): Scripted | undefined {
  return path.startsWith("/users?$filter=") ? nobody : undefined;
}
