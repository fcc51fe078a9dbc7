/** The view of every request when no replica lags: the present. */
import type { Views } from "./state.js";
import type { Store } from "./store.js";
import { StoreView } from "./view.js";

export function presentViews(store: Store): Views {
  const view = new StoreView(store);
  return { open: () => view, horizon: () => store.sequence };
}
