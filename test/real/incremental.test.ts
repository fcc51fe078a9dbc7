/** Incremental reads on a real domain: after every batch of random edits they equal a full read. */
import { Attribute, Change, type Client } from "ldapts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Selection } from "../../reconciler/model/observed.js";
import type { PictureMemory } from "../../reconciler/model/ports.js";
import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import { RandomEdits } from "../support/random-edits.js";
import { claimTerritory, describeReal, type OwnServer, openAdmin, openOwnServer, type Territory } from "./domain.js";

describeReal("incremental reads of a real domain", () => {
  // Reads of the whole domain are compared: nobody else may write between them.
  let domain: OwnServer;
  let admin: Client;
  let territory: Territory;
  beforeAll(async () => {
    domain = await openOwnServer();
    admin = await openAdmin(domain);
    territory = await claimTerritory(admin, domain);
  });
  afterAll(async () => {
    await admin.unbind();
    await domain.close();
  });

  function targetAt(base: string): ActiveDirectoryTarget {
    const { url, ca, user, password } = domain;
    const managed = { accounts: [territory.people], groups: [territory.groups] };
    return new ActiveDirectoryTarget({ name: "ad", url, ca, user, password, base, managed, claim: "employeeNumber" });
  }

  function rememberInJson(): PictureMemory {
    let text: string | null = null;
    return {
      load: () => (text === null ? undefined : JSON.parse(text)),
      save: (value) => {
        text = JSON.stringify(value);
      },
    };
  }

  it.each([
    ["an organizational unit", () => territory.base, 11],
    ["the whole domain", () => domain.base, 12],
  ] as const)("equal full ones after random edits: %s", async (_, baseOf, seed) => {
    const groups = [`CN=one${seed},${territory.groups}`, `CN=two${seed},${territory.groups}`];
    for (const [i, dn] of groups.entries())
      await admin.add(dn, { objectClass: ["group"], sAMAccountName: `${territory.tag}${seed}g${i}` });
    // Whoever joins or leaves it becomes protected, or is no longer.
    const member = new Attribute({ type: "member", values: [groups[0] ?? ""] });
    const operators = `CN=Backup Operators,CN=Builtin,${domain.base}`;
    await admin.modify(operators, new Change({ operation: "add", modification: member }));
    const containers = [territory.staff, territory.leavers];
    const edits = new RandomEdits({ client: admin, containers, groups, tag: `${territory.tag}${seed}` }, seed);
    const attributes = ["title", "manager", "sAMAccountName", "cn"];
    const selection: Selection = { attributes, groups: groups.map((name) => ({ name, anchor: null })) };
    const memory = rememberInJson();
    const kinds = new Set<string>();
    for (let batch = 0; batch < 12; batch++) {
      const made: string[] = [];
      for (let i = 0; i < 6; i++) made.push(await edits.edit());
      const target = targetAt(baseOf());
      await target.open("reader");
      const { how, ...updated } = await target.observe(selection, memory);
      const { how: _how, ...full } = await target.observe(selection);
      await target.close();
      expect(updated, made.join("\n")).toEqual(full);
      if (batch > 0) kinds.add(`${how.kind} ${how.why ?? ""}`.trim());
    }
    expect([...kinds]).toEqual(["incremental"]);
  });
});
