/** Initial passwords, deletes that are refused, deleted objects and kinds of groups on Samba. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { Client } from "ldapts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { childDn } from "../../reconciler/support/dn.js";
import { Session } from "../../reconciler/targets/active-directory/session.js";
import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import { undelete } from "../../reconciler/targets/active-directory/write/restore.js";
import { DirectorySink } from "../../reconciler/targets/secrets/directory-sink.js";
import type { PasswordRules } from "../../reconciler/targets/secrets/password.js";
import { describeGroupKinds } from "../contract/group-kinds.js";
import { adminHands } from "../support/admin-hands.js";
import { applyOne, readyOp } from "../support/ready-ops.js";
import { temporaryFolder } from "../unit/repo/temp-repository.js";
import { claimTerritory, describeReal, openAdmin, openDomain, openOwnServer, type RealDomain } from "./domain.js";

const BIN = "766ddcd8-acd0-445e-f3b9-a7f9b6744f2a";

async function settle(domain: RealDomain, passwords?: PasswordRules) {
  const admin = await openAdmin(domain);
  const territory = await claimTerritory(admin, domain);
  const { base, people, staff, groups, tag } = territory;
  const target = new ActiveDirectoryTarget({
    name: "corp-ad",
    url: domain.url,
    ca: domain.ca,
    user: domain.user,
    password: domain.password,
    base,
    managed: { accounts: [people], groups: [groups] },
    claim: "employeeNumber",
    ...(passwords === undefined ? {} : { passwords }),
  });
  await target.open("writer");
  const hands = adminHands(admin, { staff, groups, login: (name) => `${name}${tag}` });
  const close = async () => {
    await target.close();
    await admin.unbind();
  };
  return { ...territory, admin, target, hands, close };
}

type Settled = Awaited<ReturnType<typeof settle>>;
const disabledAccount = async (place: Settled, cn: string) => {
  const anchor = await place.hands.addAccount({ cn, sAMAccountName: `${cn}${place.tag}`, title: "Engineer" });
  await place.hands.disableAccount(anchor);
  return anchor;
};

describeReal("sealed passwords on Samba", () => {
  const folder = temporaryFolder();
  let identity: string;
  beforeAll(async () => {
    identity = await generateX25519Identity();
  });

  it.each([
    { mustChange: false, logon: null },
    { mustChange: true, logon: "773" },
  ])("mustChange $mustChange: the sealed password is the one in force", async ({ mustChange, logon }) => {
    const path = join(folder, String(mustChange));
    const recipients = [await identityToRecipient(identity)];
    const sink = new DirectorySink({ target: "corp-ad", path: () => path, recipients, now: () => 0 });
    const initial = { handOut: "sealed", mustChange } as const;
    const place = await settle(await openDomain(), { initial, reset: { handOut: "never", mustChange: false }, sink });
    const upn = `ada${place.tag}@corp.example`;
    const after = { cn: "Ada", sAMAccountName: `ada${place.tag}`, userPrincipalName: upn };
    const op = readyOp("create", {
      object: { claim: `claim-${place.tag}` },
      after: { ...after, container: place.staff, enabled: true },
    });
    expect((await applyOne(place.target, op)).kind).toBe("done");
    expect((await applyOne(place.target, op)).kind).toBe("already");
    const dn = childDn("CN", "Ada", place.staff);
    const { searchEntries } = await place.admin.search(dn, {
      scope: "base",
      attributes: ["pwdLastSet", "userAccountControl"],
    });
    expect(searchEntries[0]?.userAccountControl).toBe("512");
    expect(searchEntries[0]?.pwdLastSet === "0").toBe(mustChange);
    const [file = "", ...more] = readdirSync(path);
    expect(more).toEqual([]);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const { password } = JSON.parse(await decrypter.decrypt(readFileSync(join(path, file)), "text"));
    const { url, ca } = await openDomain();
    const client = new Client({ url, tlsOptions: { ca } });
    const refused = await client.bind(upn, password).then(
      () => null,
      (error) => /data (\w+)/.exec(String(error))?.[1],
    );
    expect(refused).toBe(logon);
    await client.unbind();
    await place.close();
  });
});

describeReal("a delete that Samba refuses", () => {
  let place: Settled;
  beforeAll(async () => {
    place = await settle(await openDomain());
  });
  afterAll(() => place.close());
  const remove = (anchor: string) => readyOp("delete", { object: { anchor }, before: { enabled: false } });

  it("says that there are objects below the account", async () => {
    const anchor = await disabledAccount(place, "parent");
    const below = `CN=below,${childDn("CN", "parent", place.staff)}`;
    await place.admin
      .add(below, { objectClass: "classStore" })
      .catch(() => place.admin.add(below, { objectClass: "container" }));
    const outcome = await applyOne(place.target, remove(anchor));
    expect(outcome).toMatchObject({ kind: "refused", detail: expect.stringContaining("below the account") });
  });
});

describeReal("deleted accounts on Samba", () => {
  it("Recycle Bin off: seen, with the reason why it cannot be restored; on: seen as restorable", async () => {
    const server = await openOwnServer();
    const place = await settle(server);
    const observe = (anchor: string) => place.target.observe({ attributes: ["title"], groups: [], anchors: [anchor] });
    const restore = (anchor: string, cn: string) =>
      readyOp("restore", {
        object: { anchor },
        before: { deleted: true },
        after: { deleted: false, cn, container: place.staff },
      });
    const before = await disabledAccount(place, "before");
    expect((await observe(before)).deleted).toEqual([]);
    await place.hands.deleteAccount(before);
    const off = await observe(before);
    expect(off.deleted).toMatchObject([{ anchor: before, obstacle: expect.stringContaining("Recycle Bin") }]);
    expect(await applyOne(place.target, restore(before, "before"))).toMatchObject({ kind: "refused" });
    // What the driver would send is what Samba takes for a tombstone: the object is back, with its identifier.
    const session = new Session({ target: "corp-ad", ...server });
    await session.open();
    const grave = `CN=before\\0ADEL:${before},CN=Deleted Objects,${server.base}`;
    const dn = childDn("CN", "before", place.staff);
    await undelete({ session }, grave, dn);
    session.close();
    expect((await observe(before)).accounts.find(({ anchor }) => anchor === before)?.address).toBe(dn);
    await place.hands.deleteAccount(before);

    switchOn(dirname(server.caFile));
    const anchor = await disabledAccount(place, "after");
    await place.hands.deleteAccount(anchor);
    expect((await observe(anchor)).deleted).toEqual([
      { anchor, names: { cn: "after", sAMAccountName: expect.stringMatching(/^after/) }, obstacle: null },
    ]);
    expect((await observe(before)).deleted).toMatchObject([{ obstacle: expect.stringContaining("recycled") }]);
    // Samba reanimates tombstones only, from which it takes isRecycled, and refuses an object that has none (docs).
    const outcome = await applyOne(place.target, restore(anchor, "after"));
    expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5006", detail: expect.stringContaining("isRecycled") });
    expect((await observe(anchor)).deleted).toHaveLength(1);
    await place.close();
    await server.close();
  });

  /** Over LDAP Samba lets nobody do it. */
  function switchOn(folder: string): void {
    const file = join(folder, "recycle-bin.ldif");
    const partitions = "CN=Partitions,CN=Configuration,DC=corp,DC=example";
    const change = "dn:\nchangetype: modify\nadd: enableOptionalFeature\nenableOptionalFeature";
    writeFileSync(file, `${change}: ${partitions}:${BIN}\n-\n`);
    execFileSync("ldbmodify", ["-H", join(folder, "dc/private/sam.ldb"), file]);
  }
});

describeReal("on Samba", () =>
  describeGroupKinds("every kind", async () => {
    const place = await settle(await openDomain());
    return place;
  }),
);

describeReal("members of another authority on Samba", () => {
  it("are counted among the others", async () => {
    const domain = await openDomain();
    const place = await settle(domain);
    const target = new ActiveDirectoryTarget({
      name: "corp-ad",
      url: domain.url,
      ca: domain.ca,
      user: domain.user,
      password: domain.password,
      base: domain.base,
      managed: { accounts: [place.people] },
      claim: "employeeNumber",
    });
    await target.open("reader");
    // Authenticated Users and Interactive, as foreign security principals, and Domain Users.
    const name = `CN=Users,CN=Builtin,${domain.base}`;
    const { groups } = await target.observe({ attributes: [], groups: [{ name, anchor: null }] });
    expect(groups).toMatchObject([{ members: [], others: 3 }]);
    await target.close();
    await place.close();
  });
});
