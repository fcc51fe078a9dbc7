/** What the contract needs of a target beside the port: the hands of somebody else, and a network that can be cut. */
import type { Anchor } from "../../reconciler/model/observed.js";
import type { TargetPort } from "../../reconciler/model/ports.js";

/** What a kind of target calls the things that the contract speaks of. */
export interface Terms {
  /** Attribute that holds what people are called, any characters. */
  readonly label: string;
  /** Attribute that nobody shares, whose values `Harness.login` makes. */
  readonly login: string;
  /** Attribute that only a rename writes; in a directory with containers the label itself. */
  readonly name: string;
  readonly title: string;
  /** Attribute with several values, and two of them. */
  readonly list: { readonly name: string; readonly values: readonly [string, string] };
  /** Whether accounts lie in containers and have DNs. */
  readonly containers: boolean;
  /** Whether a write whose reply was lost is sent again once the object was read. */
  readonly resends: boolean;
  /** Spaces of names that an account, or a group, with this login takes. */
  taken(of: "account" | "group", label: string, login: string): readonly string[];
}

export const DIRECTORY_TERMS: Terms = {
  label: "cn",
  login: "sAMAccountName",
  name: "cn",
  title: "title",
  list: { name: "otherTelephone", values: ["1", "2"] },
  containers: true,
  resends: false,
  taken: (of, label, login) => (of === "account" ? [`cn ${label}`] : []).concat(`sAMAccountName ${login}`),
};

export interface Harness {
  readonly target: TargetPort;
  /** Two managed containers, the second one empty; where there are no containers, anything. */
  readonly staff: string;
  readonly leavers: string;
  /** The login of an object that a test calls so (Terms.login); differs where others share the directory. */
  login(name: string): string;
  /** Creates an account as an administrator does; `attributes` hold label and login. */
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
