/** How the simulated Connect engine sees a directory: a port, so that the tenant knows no directory. */

export interface ConnectUser {
  /** Of the objectGUID, in the order of Active Directory's bytes. */
  readonly objectGuid: Buffer;
  /** mS-DS-ConsistencyGuid where it is set: it wins over the objectGUID. */
  readonly consistencyGuid?: Buffer;
  readonly distinguishedName: string;
  /** LDAP names to values, as text; names as in the schema (sAMAccountName, userAccountControl, manager ...). */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export interface ConnectSource {
  /** The directory's users as they are now. */
  listUsers(): readonly ConnectUser[];
}

export interface ConnectOptions {
  readonly source: ConnectSource;
  /** Between two cycles; the first comes so long after the start. Default: 30 minutes, as Entra Connect. */
  readonly delayMillis?: number;
  /** More deletions in one cycle than this are not exported. Default: 500, as Entra Connect. */
  readonly deletionThreshold?: number;
}
