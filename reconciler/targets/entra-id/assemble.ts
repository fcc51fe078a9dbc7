/** From what was read of a tenant to the picture. */
import type { Anchor, Observed, Selection, TakenName } from "../../model/observed.js";
import { assemblePicture, proxyAddress } from "../picture.js";
import { observeGroup, wantedGroups } from "./groups.js";
import { observeLicence } from "./licences.js";
import type { Place } from "./place.js";
import type { GraphObject } from "./properties.js";
import { toAccount } from "./read.js";

/** What was read: users with what was selected, all groups, members of those that are asked for, the tenant's products. */
export interface Reading {
  readonly users: ReadonlyMap<Anchor, GraphObject>;
  readonly groups: ReadonlyMap<Anchor, GraphObject>;
  readonly members: ReadonlyMap<Anchor, readonly Anchor[]>;
  readonly skus: readonly GraphObject[];
}

/** `place` holds the administrative units and the protection that were read with it. */
export function assembleTenant(place: Place, selection: Selection, reading: Reading): Observed {
  const { users, groups, members, skus } = reading;
  const around = {
    addressOf: (id: Anchor) => {
      const address = users.get(id)?.userPrincipalName;
      return typeof address === "string" ? address : undefined;
    },
    protectionOf: (id: Anchor) => place.protection.get(id) ?? null,
  };
  const seen = [...wantedGroups(place, selection, groups)].map(([anchor, address]) =>
    observeGroup(place, groups.get(anchor) ?? {}, { anchor, address, members: members.get(anchor) ?? [] }, users),
  );
  return assemblePicture({
    target: place.target,
    accounts: [...users.values()].map((user) => toAccount(place, user, selection, around)),
    groups: [...seen, ...skus.map((sku) => observeLicence(place, sku, users))],
    names: [...users, ...groups].flatMap(([anchor, object]) => namesOf(anchor, object)),
    containers: [],
  });
}

/**
 * Addresses exclude each other among users and groups, whichever property holds them. One stands there once for each that
 * does: when `mail` changes, Graph keeps the address it had in proxyAddresses, and so it is not free.
 */
function namesOf(anchor: Anchor, object: GraphObject): TakenName[] {
  const names: TakenName[] = [];
  const take = (space: string, value: unknown) => {
    if (typeof value === "string" && value !== "") names.push({ space, value, anchor });
  };
  take("address", object.userPrincipalName);
  take("address", object.mail);
  for (const value of Array.isArray(object.proxyAddresses) ? object.proxyAddresses : [])
    if (typeof value === "string") take("address", proxyAddress(value));
  take("mailNickname", object.mailNickname);
  return names;
}
