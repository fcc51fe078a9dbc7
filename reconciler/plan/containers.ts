/** Containers that a create or a move needs: whether they are there, and which would have to be made. */
import { isUnder, leafValue, parentDn } from "../support/dn.js";
import type { TargetView } from "./subject.js";
import { sameAddress } from "./view.js";

/**
 * What must be made before an object can lie in `container`, outermost first: nothing when it exists. null when it is
 * missing and may not be made: only organizational units below a managed container are, and only where the Target says so.
 */
export function missingContainers(view: TargetView, container: string): readonly string[] | null {
  const same = sameAddress(view.target);
  const { createContainers, managed } = view.target.document.value;
  const missing: string[] = [];
  for (let at = container; !view.containers.has(same(at)); at = parentDn(at)) {
    const below = managed.accounts.some((one) => isUnder(at, one) && same(at) !== same(one));
    if (createContainers !== true || !below || !/^ou=/i.test(at) || leafValue(at) === "") return null;
    missing.unshift(at);
  }
  return missing;
}

export function containerExists(view: TargetView, container: string): boolean {
  return view.containers.has(sameAddress(view.target)(container));
}
