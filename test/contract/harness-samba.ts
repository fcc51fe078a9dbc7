/** The driver against Samba, through a proxy that counts writes and loses replies; somebody else's hands go around it. */
import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import { claimTerritory, openAdmin, openDomain } from "../real/domain.js";
import { adminHands } from "../support/admin-hands.js";
import { startLdapProxy } from "../support/ldap-proxy.js";
import type { Harness } from "./harness.js";

export async function sambaHarness(): Promise<Harness> {
  const domain = await openDomain();
  const admin = await openAdmin(domain);
  const { tag, base, people, staff, leavers, groups } = await claimTerritory(admin, domain);
  const proxy = await startLdapProxy({ host: domain.address, ca: domain.ca });
  const target = new ActiveDirectoryTarget({
    name: "corp-ad",
    url: proxy.url,
    ca: proxy.ca,
    user: domain.user,
    password: domain.password,
    base,
    managed: { accounts: [people], groups: [groups] },
    claim: "employeeNumber",
  });
  await target.open("writer");
  // At most 20 characters: the longest name that the suite gives stays whole.
  const place = { staff, groups, login: (name: string) => `${name.slice(0, 20 - tag.length)}${tag}` };
  return {
    target,
    staff,
    leavers,
    login: place.login,
    ...adminHands(admin, place),
    loseReply: (when) => {
      const next = proxy.writes() + 1;
      proxy.before = ({ write }) => {
        if (write !== next) return undefined;
        proxy.before = undefined;
        return `drop-${when}`;
      };
    },
    writes: proxy.writes,
    close: async () => {
      await target.close();
      await admin.unbind();
      await proxy.close();
    },
  };
}
