import { describe, expect, it } from "vitest";
import type { Verb } from "../../../../reconciler/model/op.js";
import type { Secret } from "../../../../reconciler/model/ports.js";
import {
  deleteAccount,
  purgeAccount,
  restoreAccount,
  switchAccount,
} from "../../../../reconciler/targets/entra-id/write/state.js";
import { runTask } from "../../../../reconciler/targets/entra-id/write/tasks.js";
import { answeringGraph, id, refusal, type Scripted } from "../../../support/answering-graph.js";
import { readyOp } from "../../../support/ready-ops.js";

const ADA = id(1);
const op = (verb: Verb, slot?: string) =>
  readyOp(verb, { object: { anchor: ADA }, ...(slot === undefined ? {} : { slot }) }).op;
const notFound = refusal(404, "Request_ResourceNotFound");

function aUser(user: Record<string, unknown> | null, write: (n: number) => Scripted | undefined = () => undefined) {
  let current =
    user === null ? null : { id: ADA, userPrincipalName: "ada@contoso.example", displayName: "Ada", ...user };
  let writes = 0;
  return answeringGraph(({ method, path, body }) => {
    if (method === "GET") return current === null ? notFound : { status: 200, body: current };
    const said = write(writes++);
    if (said !== undefined && said !== "lost") return said;
    if (method === "PATCH" && current !== null) current = { ...current, ...body };
    if (method === "DELETE") current = null;
    if (path.endsWith("/restore")) current = { id: ADA, userPrincipalName: "ada@contoso.example", displayName: "Ada" };
    if (said === "lost") return said;
    return path.endsWith("/restore") ? { status: 200, body: current } : undefined;
  });
}

describe("the state of an account", () => {
  const cloud = { accountEnabled: true, onPremisesSyncEnabled: null };

  it("is a PATCH of accountEnabled alone, whose lost answer is read", async () => {
    const { place, asked, writes } = aUser(cloud, () => "lost");
    expect(await switchAccount(place, ADA, op("disable"))).toMatchObject({ kind: "done" });
    expect(asked.filter(({ method }) => method === "PATCH").map(({ body }) => body)).toEqual([
      { accountEnabled: false },
    ]);
    expect(await switchAccount(place, ADA, op("disable"))).toMatchObject({ kind: "already" });
    expect(writes()).toHaveLength(1);
  });

  it("of a synced account is Active Directory's", async () => {
    const { place, writes } = aUser({ ...cloud, onPremisesSyncEnabled: true });
    expect(await switchAccount(place, ADA, op("disable"))).toMatchObject({ kind: "failed", code: "MUS-5203" });
    expect(writes()).toEqual([]);
  });

  it("is deleted only when it is disabled, and not twice", async () => {
    const enabled = aUser(cloud);
    expect(await deleteAccount(enabled.place, ADA, op("delete"))).toMatchObject({ kind: "refused", code: "MUS-5005" });
    expect(enabled.writes()).toEqual([]);
    const { place, writes } = aUser({ ...cloud, accountEnabled: false }, () => "lost");
    expect(await deleteAccount(place, ADA, op("delete"))).toMatchObject({ kind: "done" });
    expect(await deleteAccount(place, ADA, op("delete"))).toMatchObject({ kind: "already" });
    expect(writes()).toEqual([`DELETE /users/${ADA}`]);
  });

  it("comes back with a restore of the deleted item", async () => {
    const { place, writes } = aUser(null);
    expect(await restoreAccount(place, ADA, op("restore"))).toMatchObject({ kind: "done", anchor: ADA });
    expect(await restoreAccount(place, ADA, op("restore"))).toMatchObject({ kind: "already" });
    expect(writes()).toEqual([`POST /directory/deletedItems/${ADA}/restore`]);
    const gone = aUser(null, () => notFound);
    expect(await restoreAccount(gone.place, ADA, op("restore"))).toMatchObject({ kind: "refused", code: "MUS-5005" });
  });
});

describe("deleting for good", () => {
  /** Where the user is: among the living, among the deleted, or nowhere any more. */
  function aTenant(start: "there" | "deleted" | "gone", options: { synced?: true; answer?: "lost" } = {}) {
    let place = start;
    const user = { id: ADA, onPremisesSyncEnabled: options.synced ?? null };
    return answeringGraph(({ method, path }) => {
      const isDeletedItem = path.startsWith(`/directory/deletedItems/${ADA}`);
      if (method === "GET")
        return place === (isDeletedItem ? "deleted" : "there") ? { status: 200, body: user } : notFound;
      place = "gone";
      return options.answer;
    });
  }

  it("is a second delete, of the deleted item", async () => {
    const { place, writes } = aTenant("deleted");
    expect(await purgeAccount(place, ADA, op("purge"))).toMatchObject({ kind: "done", anchor: ADA });
    expect(await purgeAccount(place, ADA, op("purge"))).toMatchObject({ kind: "already" });
    expect(writes()).toEqual([`DELETE /directory/deletedItems/${ADA}`]);
  });

  it("leaves alone whoever was brought back meanwhile, and whom Active Directory masters", async () => {
    const back = aTenant("there");
    expect(await purgeAccount(back.place, ADA, op("purge"))).toMatchObject({ kind: "refused", code: "MUS-5005" });
    const synced = aTenant("deleted", { synced: true });
    expect(await purgeAccount(synced.place, ADA, op("purge"))).toMatchObject({ kind: "failed", code: "MUS-5203" });
    expect([...back.writes(), ...synced.writes()]).toEqual([]);
  });

  it("whose answer was lost is done when it is gone", async () => {
    const { place, writes } = aTenant("deleted", { answer: "lost" });
    expect(await purgeAccount(place, ADA, op("purge"))).toMatchObject({ kind: "done" });
    expect(writes()).toHaveLength(1);
  });
});

describe("tasks", () => {
  function sinkOf(kept: Secret[]) {
    return {
      open: async () => {},
      put: async (secret: Secret) => {
        kept.push(secret);
        return { withdraw: async () => {} };
      },
    };
  }

  it("end all sessions, again where no answer came", async () => {
    const { place, writes } = aUser({}, (n) => (n === 0 ? { status: 503 } : { status: 200, body: { value: true } }));
    expect(await runTask(place, ADA, op("run-task", "revoke-sessions"))).toMatchObject({ kind: "done" });
    expect(writes()).toEqual(Array(2).fill(`POST /users/${ADA}/revokeSignInSessions`));
  });

  it("hand out a temporary access pass, sealed", async () => {
    const kept: Secret[] = [];
    const pass = { status: 201, body: { id: id(5), temporaryAccessPass: "TAPRocks!" } };
    const { place, asked } = answeringGraph(
      ({ method }) =>
        method === "GET"
          ? { status: 200, body: { id: ADA, userPrincipalName: "ada@contoso.example", displayName: "Ada" } }
          : pass,
      { sink: sinkOf(kept), pass: { minutes: 60, once: true } },
    );
    expect(await runTask(place, ADA, op("run-task", "temporary-access-pass"))).toMatchObject({ kind: "done" });
    expect(asked.at(-1)?.body).toEqual({ lifetimeInMinutes: 60, isUsableOnce: true });
    expect(kept).toMatchObject([
      { purpose: "temporary-access-pass", account: "ada@contoso.example", secret: "TAPRocks!" },
    ]);
  });

  it("ask for no pass that could not be sealed", async () => {
    const { place, asked } = aUser({});
    const outcome = await runTask(place, ADA, op("run-task", "temporary-access-pass"));
    expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5008" });
    expect(asked).toEqual([]);
  });

  it("reset a password in a PATCH of its own", async () => {
    const { place, asked } = aUser({});
    expect(await runTask(place, ADA, op("run-task", "reset-password"))).toMatchObject({ kind: "done" });
    const { passwordProfile, ...rest } = asked.at(-1)?.body ?? {};
    expect(rest).toEqual({});
    expect(passwordProfile).toMatchObject({ forceChangePasswordNextSignIn: false });
  });
});
