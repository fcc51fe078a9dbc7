import { expect, test } from "vitest";
import type { Grant } from "../../../../reconciler/targets/active-directory/doctor/grants.js";
import { examineGrants, type Judge } from "../../../../reconciler/targets/active-directory/doctor/rights.js";
import type { Seen } from "../../../../reconciler/targets/active-directory/doctor/sample.js";

const HERE = "OU=People,DC=corp,DC=example";
const GONE = "OU=Guests,DC=corp,DC=example";

/** A container in which whoever asks may create users, and nothing else. */
const container: Seen = {
  dn: HERE,
  descriptor: null,
  effective: { attributes: new Set(), classes: new Set(["user"]) },
  sid: undefined,
  readable: true,
  mayChange: 0,
};
const sample = { containers: [container], accounts: [], groups: [], others: [] };
const judge: Judge = { sample, requester: null, schema: null, linesOf: () => [] };
const create = (dn: string): Grant => ({ dn, reach: "tree", right: "create-child", name: "user", purpose: "create" });
const write = (dn: string, name: string): Grant => ({ dn, reach: "users", right: "write", name, purpose: "update" });

test("a container that cannot be seen is one finding, however many rights are needed there", () => {
  const grants = [create(HERE), create(GONE), write(GONE, "title"), write(GONE, "mail")];
  const checks = examineGrants(judge, grants);
  expect(checks.map(({ level, subject }) => [level, subject])).toEqual([
    ["ok", "create user"],
    ["unknown", GONE],
  ]);
  expect(checks[1]?.what).toContain("3 rights");
});
