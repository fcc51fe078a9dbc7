/** Entra ID behind the target port. */
import type { Anchor, Observed, ObservedAccount, Selection } from "../../model/observed.js";
import type { Op, Outcome } from "../../model/op.js";
import type { Capabilities, Forecast, PictureMemory, ReadyOp, TargetPort } from "../../model/ports.js";
import { MusterError } from "../../support/errors.js";
import { GRAPH_CONCURRENCY } from "../../support/limits.js";
import { FORGOTTEN_PASSWORDS, type PasswordRules } from "../secrets/password.js";
import { mergeLanes } from "../stream.js";
import { ENTRA_ID_CAPABILITIES } from "./capabilities.js";
import { GraphClient } from "./client.js";
import { type Credential, tokenSource } from "./credentials.js";
import { countRequests } from "./forecast.js";
import { lanesOf, type Unit } from "./lanes.js";
import { graphRoot } from "./links.js";
import { observeTenant } from "./observe.js";
import { Pacer } from "./pacer.js";
import type { PassRules, Place } from "./place.js";
import { requireProperties } from "./properties.js";
import { readAccount, readClaimed } from "./read.js";
import { doubt } from "./remember.js";
import { REAL_SURROUNDINGS, type Surroundings } from "./surroundings.js";
import type { TokenSource } from "./token.js";
import { openTransport, type Transport } from "./transport.js";
import { createAccount } from "./write/create.js";
import { changeLicences } from "./write/licences.js";
import { changeMembers, type MemberOp } from "./write/members.js";
import { failedOutcome } from "./write/settle.js";
import { deleteAccount, restoreAccount, switchAccount } from "./write/state.js";
import { runTask } from "./write/tasks.js";
import { changeValues } from "./write/update.js";

export interface EntraIdOptions {
  readonly name: string;
  /** Id or domain of the tenant. */
  readonly tenant: string;
  readonly credential: Credential;
  /** Root of Graph; by default https://graph.microsoft.com. */
  readonly graph?: string | undefined;
  readonly authority?: string | undefined;
  /** PEM of the authority to trust for TLS. */
  readonly ca?: string | undefined;
  readonly managed: { readonly accounts: readonly string[]; readonly groups?: readonly string[] | undefined };
  /** The property that holds the claim of a create. */
  readonly claim: string;
  /** Left out: passwords are random, and nobody ever sees them. */
  readonly passwords?: PasswordRules | undefined;
  readonly pass?: PassRules | undefined;
  /** Time and chance; by default the machine's. */
  readonly surroundings?: Surroundings | undefined;
  /** In place of HTTPS and of a credential, for tests and benchmarks. */
  readonly transport?: Transport | undefined;
  readonly tokens?: TokenSource | undefined;
}

const PUBLIC_GRAPH = "https://graph.microsoft.com";

export class EntraIdTarget implements TargetPort {
  readonly name: string;
  readonly capabilities: Capabilities = ENTRA_ID_CAPABILITIES;
  readonly #options: EntraIdOptions;
  readonly #pacer: Pacer;
  #place: Place | null = null;
  #memory: PictureMemory | null = null;
  /** Objects that were not as they had been read. */
  readonly #doubtful = new Set<Anchor>();

  constructor(options: EntraIdOptions) {
    this.name = options.name;
    this.#options = options;
    const { clock, sleep } = options.surroundings ?? REAL_SURROUNDINGS;
    this.#pacer = new Pacer({ clock, sleep });
  }

  async open(role: "reader" | "writer"): Promise<void> {
    const { claim, managed, passwords = FORGOTTEN_PASSWORDS, pass = {}, tenant } = this.#options;
    requireProperties(this.name, [claim]);
    if (role === "writer") await passwords.sink?.open();
    const surroundings = this.#options.surroundings ?? REAL_SURROUNDINGS;
    const tokens = this.#options.tokens ?? this.#tokens();
    await tokens.token();
    this.#place = {
      target: this.name,
      tenant,
      graph: this.#client(tokens, surroundings),
      clock: surroundings.clock,
      sleep: surroundings.sleep,
      claim,
      managed: { accounts: managed.accounts, groups: managed.groups ?? null },
      passwords,
      pass,
      young: new Map(),
      units: new Map(),
      protection: new Map(),
    };
  }

  async observe(selection: Selection, memory?: PictureMemory): Promise<Observed> {
    this.#memory = memory ?? null;
    return observeTenant(this.#opened(), selection, memory);
  }

  async read(anchor: Anchor, selection: Selection): Promise<ObservedAccount | null> {
    return readAccount(this.#opened(), anchor, selection);
  }

  async findClaim(claim: string, selection: Selection): Promise<ObservedAccount | null> {
    return readClaimed(this.#opened(), claim, selection);
  }

  async *apply(ops: readonly ReadyOp[], _selection: Selection): AsyncGenerator<Outcome> {
    const place = this.#opened();
    const running = lanesOf(ops).map((units) => runLane(place, units));
    for await (const outcome of mergeLanes(running, GRAPH_CONCURRENCY)) {
      if (outcome.kind !== "done" && outcome.anchor !== null) this.#doubtful.add(outcome.anchor);
      yield outcome;
    }
  }

  /** Requests, and the time that the tenant's quota of writes makes them take. */
  forecast(ops: readonly Op[]): Forecast {
    const { reads, writes } = countRequests(ops);
    return { requests: reads + writes, seconds: Math.ceil(this.#pacer.forecast(writes) / 1_000) };
  }

  async close(): Promise<void> {
    const place = this.#place;
    if (this.#memory !== null && place !== null && this.#doubtful.size > 0)
      doubt(this.#memory, this.#doubtful, place.clock.now());
    this.#place = null;
    await place?.graph.close();
  }

  #tokens(): TokenSource {
    const { tenant, credential, authority, ca, graph = PUBLIC_GRAPH } = this.#options;
    return tokenSource({ target: this.name, tenant, credential, authority, ca, root: graphRoot(graph) });
  }

  #client(tokens: TokenSource, surroundings: Surroundings): GraphClient {
    const { ca, graph = PUBLIC_GRAPH, transport = openTransport({ ca }) } = this.#options;
    return new GraphClient({
      target: this.name,
      root: graphRoot(graph),
      tokens,
      pacer: this.#pacer,
      transport,
      surroundings,
    });
  }

  #opened(): Place {
    if (this.#place === null) throw new MusterError("MUS-9001", { what: `target ${this.name} was not opened` });
    return this.#place;
  }
}

async function* runLane(place: Place, units: readonly Unit[]): AsyncGenerator<Outcome> {
  for (const unit of units) {
    try {
      yield* await execute(place, unit);
    } catch (error) {
      for (const { op } of unit.ops) yield failedOutcome(op, error);
    }
  }
}

async function execute(place: Place, unit: Unit): Promise<readonly Outcome[]> {
  const [first] = unit.ops;
  if (first === undefined) return [];
  if (first.op.verb === "create") return createAccount(place, first, unit.ops.slice(1));
  const { anchor } = first;
  if (anchor === null || unit.ops.some((ready) => ready.anchor === null))
    throw new MusterError("MUS-9001", { what: `${first.op.verb} was handed over without an anchor` });
  switch (unit.kind) {
    case "create":
      throw new MusterError("MUS-9001", { what: `${first.op.verb} was handed over without its create` });
    case "values":
      return changeValues(place, anchor, unit.ops);
    case "licences":
      return changeLicences(
        place,
        anchor,
        unit.ops.map(({ op }) => op),
      );
    case "members":
      return changeMembers(place, first.op.slot ?? "", unit.ops as readonly MemberOp[]);
    case "single":
      return [await executeSingle(place, anchor, first.op)];
  }
}

async function executeSingle(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  switch (op.verb) {
    case "enable":
    case "disable":
      return switchAccount(place, anchor, op);
    case "delete":
      return deleteAccount(place, anchor, op);
    case "restore":
      return restoreAccount(place, anchor, op);
    case "run-task":
      return runTask(place, anchor, op);
    default:
      throw new MusterError("MUS-9001", { what: `${op.verb} is nothing that Entra ID does` });
  }
}
