import { createHash, randomBytes } from 'node:crypto';
import { apiFault, permissionFault } from './fault.ts';

export interface Account {
  readonly email: string;
  readonly displayName: string;
  readonly description: string;
  disabled: boolean;
  /** Since when other services know it; always, if left out. */
  readonly since?: number;
}

export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
  readonly condition?: unknown;
}

export interface Policy {
  readonly version?: number;
  readonly etag?: string;
  readonly bindings?: readonly Binding[];
}

export interface Manifest {
  readonly type: string;
  readonly content: Buffer;
  /** Milliseconds since 1970. */
  readonly uploaded: number;
}

export interface Repository {
  readonly name: string;
  readonly format: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly dockerConfig: { readonly immutableTags: boolean };
  /** Newest last; each is in effect from its time on. */
  readonly policies: { readonly at: number; readonly policy: Policy }[];
  readonly blobs: Map<string, Buffer>;
  /** By `IMAGE@DIGEST`. */
  readonly manifests: Map<string, Manifest>;
  /** `IMAGE:TAG` to a digest. */
  readonly tags: Map<string, string>;
}

/** Whose a token is, and until when. */
export interface Holder {
  /** `serviceAccount:E-MAIL` or `principal://…`. */
  readonly member: string;
  readonly expires: number;
}

export interface Provider {
  /** Where its OpenID configuration and keys are. */
  readonly issuer: string;
  /** CEL; empty: everybody of the issuer. */
  readonly condition: string;
}

export interface WorldOptions {
  readonly project: string;
  readonly location: string;
  readonly clock: () => number;
}

/** Google's own, as far as they matter here. */
const predefined: Readonly<Record<string, readonly string[]>> = {
  'roles/iam.workloadIdentityUser': ['iam.serviceAccounts.getAccessToken'],
  'roles/artifactregistry.reader': ['artifactregistry.repositories.downloadArtifacts'],
  'roles/artifactregistry.writer': [
    'artifactregistry.repositories.downloadArtifacts',
    'artifactregistry.repositories.uploadArtifacts',
  ],
};

/** Everything that the fake knows, and who may do what in it. */
export class GoogleWorld {
  readonly project: string;
  readonly location: string;
  readonly clock: () => number;
  /** How long a change of a repository's policy takes; milliseconds. */
  propagation = 0;
  /** How long a new account takes to be known beyond IAM; milliseconds. */
  accountDelay = 0;
  /** Called when a policy has been read, before who asked for it can write it. */
  afterPolicyRead: (repository: Repository) => void = () => undefined;
  readonly disabledApis = new Set<string>();
  /** Permissions by role. */
  readonly roles = new Map(Object.entries(predefined));
  readonly providers = new Map<string, Provider>();
  readonly accounts = new Map<string, Account>();
  readonly repositories = new Map<string, Repository>();
  readonly tokens = new Map<string, Holder>();
  readonly operations = new Map<string, { polls: number; readonly finish: () => object }>();
  /** Role to members, on the project. */
  readonly projectRoles = new Map<string, Set<string>>();
  /** Role to members, on one account. */
  readonly accountRoles = new Map<string, Map<string, Set<string>>>();
  /** Requests that were answered: method and path. */
  readonly log: string[] = [];

  constructor({ project, location, clock }: WorldOptions) {
    this.project = project;
    this.location = location;
    this.clock = clock;
  }

  grant(role: string, member: string, account?: string): void {
    const roles = account ? this.#rolesOn(account) : this.projectRoles;
    roles.set(role, new Set([...(roles.get(role) ?? []), member]));
  }

  /** With all its tokens: one that is made again by the same name is another one. */
  removeAccount(email: string): void {
    this.accounts.delete(email);
    for (const [token, { member }] of this.tokens) {
      if (member === `serviceAccount:${email}`) this.tokens.delete(token);
    }
  }

  /** A new token. */
  issue(member: string, seconds: number): { readonly token: string; readonly expires: number } {
    const token = `ya29.${randomBytes(48).toString('base64url')}`;
    const expires = this.clock() + seconds * 1000;
    this.tokens.set(token, { member, expires });
    return { token, expires };
  }

  /** Whose a token is; nobody's when it has expired, or its account sleeps or is gone. */
  holderOf(token: string): string | undefined {
    const holder = this.tokens.get(token);
    if (!holder || holder.expires <= this.clock()) return undefined;
    const [, email] = /^serviceAccount:(.*)$/.exec(holder.member) ?? [];
    if (email === undefined) return holder.member;
    const account = this.accounts.get(email);
    return account && !account.disabled ? holder.member : undefined;
  }

  /** As services other than IAM see it. */
  knownAccount(email: string): Account | undefined {
    const account = this.accounts.get(email);
    return account && (account.since ?? 0) <= this.clock() ? account : undefined;
  }

  /** @throws Fault 401 or 403 as Google's APIs word them. */
  demand(token: string, permission: string, account?: string): void {
    const api = permission.split('.')[0] ?? '';
    this.#demandApi(permission.endsWith('getAccessToken') ? 'iamcredentials' : api);
    const member = this.holderOf(token);
    if (!member) {
      throw apiFault(
        'UNAUTHENTICATED',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.'
      );
    }
    const scopes = [this.projectRoles, ...(account ? [this.#rolesOn(account)] : [])];
    const isAllowed = scopes.some((roles) => this.#allowsIn(roles, member, permission));
    if (!isAllowed) throw permissionFault(permission);
  }

  /** What the Docker host asks: by the project, or by the repository's own policy once that has taken effect. */
  mayUse(member: string, repository: string, permission: string): boolean {
    if (this.#allowsIn(this.projectRoles, member, permission)) return true;
    const policies = this.repositories.get(repository)?.policies ?? [];
    const policy = policies.findLast((it) => it.at <= this.clock())?.policy;
    return (policy?.bindings ?? []).some(
      ({ role, members }) => this.#allows(role, permission) && members.includes(member)
    );
  }

  #allowsIn(
    roles: ReadonlyMap<string, ReadonlySet<string>>,
    member: string,
    permission: string
  ): boolean {
    return [...roles].some(
      ([role, members]) => this.#allows(role, permission) && members.has(member)
    );
  }

  #allows(role: string, permission: string): boolean {
    return this.roles.get(role)?.includes(permission) ?? false;
  }

  #rolesOn(account: string): Map<string, Set<string>> {
    const roles = this.accountRoles.get(account) ?? new Map<string, Set<string>>();
    this.accountRoles.set(account, roles);
    return roles;
  }

  #demandApi(name: string): void {
    const service = `${name}.googleapis.com`;
    if (!this.disabledApis.has(service)) return;
    const activationUrl = `https://console.developers.google.com/apis/api/${service}/overview?project=${this.project}`;
    throw apiFault(
      'PERMISSION_DENIED',
      `${service} has not been used in project ${this.project} before or it is disabled. Enable it by visiting ${activationUrl} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`,
      {
        reason: 'SERVICE_DISABLED',
        domain: 'googleapis.com',
        metadata: { service, consumer: `projects/${this.project}`, activationUrl },
      }
    );
  }
}

/** Changes with the policy. */
export const etagOf = (policy: Policy, count: number): string =>
  createHash('sha256')
    .update(JSON.stringify([policy.bindings ?? [], count]))
    .digest('base64')
    .slice(0, 12);
