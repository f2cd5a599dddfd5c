import {
  DescribeImagesCommand,
  type ECRClient,
  GetAuthorizationTokenCommand,
  ImageNotFoundException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import type { Credentials, STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '#core/clock.ts';
import type { PushCredential, PushSession, Registry } from '#core/registries/ports.ts';
import { assumePushRole } from '../sts/assume-push-role.ts';
import { denySessions } from './deny-sessions.ts';
import {
  cacheRepository,
  ensureRepository,
  imageRepository,
  type RepositoryKind,
} from './ensure-repository.ts';
import { repositoryNames } from './repository-names.ts';

export interface EcrSettings {
  readonly rack: string;
  readonly pushRoleArn: string;
  /** Where images are pushed to and pulled from. */
  readonly registryHost: string;
  /** What the ARN of a repository begins with, up to its name. */
  readonly repositoryArns: string;
}

export interface EcrClients {
  readonly ecr: ECRClient;
  readonly sts: STSClient;
  /** A client that speaks for a session. */
  readonly ecrAs: (session: SessionCredentials) => ECRClient;
}

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** One ECR repository for each app; its credentials come from a role that is narrowed down to it. */
export class EcrRegistry implements Registry {
  readonly #clients: EcrClients;
  readonly #settings: EcrSettings;
  readonly #clock: Clock;

  constructor(clients: EcrClients, settings: EcrSettings, clock: Clock) {
    this.#clients = clients;
    this.#settings = settings;
    this.#clock = clock;
  }

  repositoryOf(app: string): string {
    return `${this.#settings.registryHost}/${this.#name(app)}`;
  }

  cacheRepositoryOf(app: string): string {
    return `${this.#settings.registryHost}/${this.#cacheName(app)}`;
  }

  async mint({ app, session, expires, withCache }: PushSession): Promise<PushCredential> {
    const { pushRoleArn: arn, registryHost: host, repositoryArns: arns } = this.#settings;
    await this.#ensure(this.#name(app), imageRepository);
    if (withCache) await this.#ensure(this.#cacheName(app), cacheRepository);
    const names = [this.#name(app), ...(withCache ? [this.#cacheName(app)] : [])];
    const role = { arn, repositoryArns: names.map((name) => arns + name), session, expires };
    const credentials = await assumePushRole(this.#clients.sts, role, this.#clock());
    const ecr = this.#clients.ecrAs(sessionOf(credentials));
    const login = await loginWith(ecr).finally(() => ecr.destroy());
    return { repository: this.repositoryOf(app), host, ...login };
  }

  /** With the rights of the function's own role. */
  login(): Promise<Login> {
    return loginWith(this.#clients.ecr);
  }

  async revoke(app: string, sessions: readonly string[]): Promise<void> {
    for (const name of [this.#name(app), this.#cacheName(app)]) {
      await denySessions(this.#clients.ecr, name, sessions);
    }
  }

  async digest(app: string, tag: string): Promise<string | undefined> {
    try {
      const { imageDetails = [] } = await this.#clients.ecr.send(
        new DescribeImagesCommand({
          repositoryName: this.#name(app),
          imageIds: [{ imageTag: tag }],
        })
      );
      return imageDetails[0]?.imageDigest;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return undefined;
    }
  }

  #name(app: string): string {
    return repositoryNames(this.#settings.rack, app).images;
  }

  #cacheName(app: string): string {
    return repositoryNames(this.#settings.rack, app).cache;
  }

  #ensure(name: string, kind: RepositoryKind): Promise<void> {
    const tags = { 'rackless:rack': this.#settings.rack };
    return ensureRepository(this.#clients.ecr, { name, kind, tags });
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof ImageNotFoundException || error instanceof RepositoryNotFoundException;

const sessionOf = ({
  AccessKeyId: accessKeyId = '',
  SecretAccessKey: secretAccessKey = '',
  SessionToken: sessionToken = '',
}: Credentials): SessionCredentials => ({ accessKeyId, secretAccessKey, sessionToken });

type Login = Pick<PushCredential, 'username' | 'password'>;

/** ECR's token carries the rights of whoever asks for it. */
const loginWith = async (ecr: ECRClient): Promise<Login> => {
  const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand());
  const token = Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64').toString();
  const colon = token.indexOf(':');
  if (colon < 1) throw new Error('ECR gave no authorization token');
  return { username: token.slice(0, colon), password: token.slice(colon + 1) };
};
