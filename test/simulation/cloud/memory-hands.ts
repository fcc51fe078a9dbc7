/** A tenant in memory as a world: what Graph can and cannot do, without the wire. It has no units: all accounts are managed. */
import { PLANS, PRODUCTS as SOLD } from "../../../reconciler/sandbox/tenant/licence-table.js";
import { GRAPH_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { memoryTarget } from "../../../reconciler/targets/memory/target.js";
import { attempted, handsIn, type MemoryHands } from "../hands.js";
import { GROUPS, TARGET } from "../policy.js";
import { translate } from "./hands.js";
import { CLOUD_DIALECT, PRODUCTS } from "./policy.js";
import { WATCHED } from "./truth.js";

const SEATS = 500;

export function memoryTenantHands(): MemoryHands {
  const port = memoryTarget({ ...GRAPH_LIKE, name: TARGET, managed: { accounts: ["tenant"], groups: ["tenant"] } });
  const { directory } = port;
  const groups = GROUPS.map((displayName) => directory.addGroup({ attributes: { displayName } }));
  const products = PRODUCTS.map((name) => {
    const plans = (SOLD[name]?.plans ?? []).map((plan) => [plan, PLANS[plan]]);
    return directory.addLicence(name, SEATS, Object.fromEntries(plans));
  });
  const watched = {
    attributes: [...WATCHED, "manager"],
    groups: GROUPS.map((name) => ({ name, anchor: null })),
    licences: PRODUCTS,
  };
  const hands = handsIn(port, CLOUD_DIALECT, groups, () => port.observe(watched));
  return {
    ...hands,
    addAccount: ({ attributes, enabled }) => {
      // Where a licence could be used is said: it may be assigned by hand.
      const own = { mailNickname: attributes.sAMAccountName ?? "", usageLocation: "US", ...translate(attributes) };
      const given = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== null);
      return hands.addAccount({ attributes: Object.fromEntries(given), container: "", enabled });
    },
    edit: (anchor, changes) => hands.edit(anchor, translate(changes)),
    move: async () => false,
    changeLicence: async (change, account) =>
      attempted(() => directory.setLicence(products[1] ?? "", account, change === "assign-licence" ? [] : null)),
    pass: () => {
      directory.tick += GRAPH_LIKE.lag;
    },
  };
}
