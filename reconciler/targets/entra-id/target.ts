/** Entra ID behind the target port. */
import type { Check, DelegationStyle, Needs } from "../../model/check.js";
import type { Anchor, Observed, ObservedAccount, Selection } from "../../model/observed.js";
import type { Op, Outcome } from "../../model/op.js";
import type { Capabilities, Clock, Forecast, PictureMemory, ReadyOp, TargetPort } from "../../model/ports.js";
import { MusterError } from "../../support/errors.js";
import { GRAPH_CONCURRENCY } from "../../support/limits.js";
import { FORGOTTEN_PASSWORDS, type PasswordRules } from "../secrets/password.js";
import { mergeLanes } from "../stream.js";
import { ENTRA_ID_CAPABILITIES } from "./capabilities.js";
import { GraphClient } from "./client.js";
import { type Credential, PUBLIC_AUTHORITY, tokenSource } from "./credentials.js";
import { delegationLines } from "./doctor/delegation.js";
import { examineTenant } from "./doctor/examine.js";
import { countRequests } from "./forecast.js";
import { lanesOf, type Unit } from "./lanes.js";
import { graphRoot } from "./links.js";
import { observeTenant } from "./observe.js";
import { Pacer } from "./pacer.js";
import { isId, managesTenant, type PassRules, type Place } from "./place.js";
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
import { deleteAccount, purgeAccount, restoreAccount, switchAccount } from "./write/state.js";
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
  readonly delegationStyles: readonly DelegationStyle[] = ["graph-powershell", "az"];
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
    requireProperties(this.name, [this.#options.claim]);
    if (role === "writer") await this.#passwords().sink?.open();
    const tokens = this.#tokens();
    await tokens.token();
    this.#place = this.#makePlace(tokens);
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

  async examine(needs: Needs, clock: Clock): Promise<readonly Check[]> {
    const { credential, authority, ca, tokens: given, transport } = this.#options;
    const tokens = this.#tokens();
    const place = this.#makePlace(tokens);
    // A machine's own identity is asked of the machine.
    const signsInAt =
      given === undefined && credential.kind !== "managed-identity" ? [authority ?? PUBLIC_AUTHORITY] : [];
    const addresses = [...signsInAt, ...(transport === undefined ? [place.graph.root] : [])];
    try {
      return await examineTenant({ credential, tokens, addresses, ca, place }, needs, clock);
    } finally {
      await place.graph.close();
    }
  }

  async delegation(needs: Needs, style: DelegationStyle, account: string | null): Promise<readonly string[]> {
    const { tenant, credential, managed, graph = PUBLIC_GRAPH } = this.#options;
    const application = account ?? credential.clientId;
    if (application === null || !isId(application))
      throw new MusterError("MUS-7001", {
        what: "a delegation is for the client id of an application, which is a GUID",
        where: { target: this.name },
        next: "Name it by --account; of a managed identity it is the application id in Enterprise applications.",
      });
    const question = { needs, managesUnits: !managesTenant(managed.accounts) };
    const federated = credential.kind === "federated";
    return delegationLines(style === "az" ? "az" : "graph-powershell", question, {
      tenant,
      root: graphRoot(graph),
      application,
      federated,
    });
  }

  async close(): Promise<void> {
    const place = this.#place;
    if (this.#memory !== null && place !== null && this.#doubtful.size > 0)
      doubt(this.#memory, this.#doubtful, place.clock.now());
    this.#place = null;
    await place?.graph.close();
  }

  #tokens(): TokenSource {
    const { tenant, credential, authority, ca, graph = PUBLIC_GRAPH, tokens } = this.#options;
    if (tokens !== undefined) return tokens;
    return tokenSource({ target: this.name, tenant, credential, authority, ca, root: graphRoot(graph) });
  }

  #passwords(): PasswordRules {
    return this.#options.passwords ?? FORGOTTEN_PASSWORDS;
  }

  #makePlace(tokens: TokenSource): Place {
    const { claim, managed, pass = {}, tenant, surroundings = REAL_SURROUNDINGS } = this.#options;
    return {
      target: this.name,
      tenant,
      graph: this.#client(tokens, surroundings),
      clock: surroundings.clock,
      sleep: surroundings.sleep,
      claim,
      managed: { accounts: managed.accounts, groups: managed.groups ?? null },
      passwords: this.#passwords(),
      pass,
      young: new Map(),
      replaced: new Map(),
      units: new Map(),
      protection: new Map(),
    };
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
    case "purge":
      return purgeAccount(place, anchor, op);
    case "run-task":
      return runTask(place, anchor, op);
    default:
      throw new MusterError("MUS-9001", { what: `${op.verb} is nothing that Entra ID does` });
  }
}
