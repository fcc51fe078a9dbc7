import { AD_LIKE } from "../../reconciler/targets/memory/presets.js";
import { type Fault, memoryTarget } from "../../reconciler/targets/memory/target.js";
import type { Harness } from "./harness.js";

export async function memoryHarness(): Promise<Harness> {
  const staff = "OU=Staff,OU=People,DC=corp,DC=example";
  const leavers = "OU=Leavers,OU=People,DC=corp,DC=example";
  const groups = "OU=Groups,DC=corp,DC=example";
  let fault: Fault | null = null;
  const next = () => {
    const now = fault;
    fault = null;
    return now;
  };
  const managed = { accounts: ["OU=People,DC=corp,DC=example"], groups: [groups] };
  const target = memoryTarget({ ...AD_LIKE, managed }, { fault: next });
  const { directory } = target;
  directory.addContainer(staff);
  directory.addContainer(leavers);
  return {
    target,
    staff,
    leavers,
    login: (name) => name,
    addAccount: async (attributes) => directory.addAccount({ attributes, container: staff }),
    editAccount: async (anchor, attributes) => directory.editAccount(anchor, attributes),
    moveAccount: async (anchor, container) => directory.moveAccount(anchor, container),
    deleteAccount: async (anchor) => directory.deleteObject(anchor),
    disableAccount: async (anchor) => directory.disableAccount(anchor),
    addGroup: async (name) => directory.addGroup({ attributes: { cn: name, sAMAccountName: name } }),
    addMember: async (group, account) => directory.addMember(group, account),
    loseReply: (when) => {
      fault = { when, what: "lose-reply" };
    },
    writes: () => directory.writes.length,
    close: async () => {},
  };
}
