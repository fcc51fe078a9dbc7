/** What the contract needs of a target beside the port: the hands of somebody else, and a network that can be cut. */
import type { Anchor } from "../../reconciler/model/observed.js";
import type { TargetPort } from "../../reconciler/model/ports.js";

export interface Harness {
  readonly target: TargetPort;
  /** Two managed containers, the second one empty. */
  readonly staff: string;
  readonly leavers: string;
  /** The sAMAccountName of an object that a test calls so; differs where others share the directory. */
  login(name: string): string;
  /** Creates an account as an administrator does; `attributes` hold cn and sAMAccountName. */
  addAccount(attributes: Readonly<Record<string, string>>): Promise<Anchor>;
  /** Sets attributes, or removes them where the value is null. */
  editAccount(anchor: Anchor, attributes: Readonly<Record<string, string | null>>): Promise<void>;
  moveAccount(anchor: Anchor, container: string): Promise<void>;
  deleteAccount(anchor: Anchor): Promise<void>;
  disableAccount(anchor: Anchor): Promise<void>;
  /** A group in a managed container. */
  addGroup(name: string): Promise<Anchor>;
  addMember(group: Anchor, account: Anchor): Promise<void>;
  /** Cuts the connection at the next write: before it is executed, or after. */
  loseReply(when: "before" | "after"): void;
  /** Writes that reached the target so far. */
  writes(): number;
  close(): Promise<void>;
}
