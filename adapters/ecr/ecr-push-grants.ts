import { type ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import type { Credentials, STSClient } from '@aws-sdk/client-sts';
import type { PushGrant, PushGrants } from '#core/builds/task-ports.ts';
import type { Clock } from '#core/clock.ts';
import { assumePushRole } from '../sts/assume-push-role.ts';
import { ensureRepository } from './ensure-repository.ts';

export interface EcrSettings {
  readonly rack: string;
  readonly pushRoleArn: string;
  /** Where images are pushed to and pulled from. */
  readonly registryHost: string;
  /** What the ARN of a repository begins with, up to its name. */
  readonly repositoryArns: string;
}

/** As long as a build may take; more is not to be had, because the role's session is chained. */
const grantSeconds = 3600;

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

/** Credentials for pushing to one ECR repository, from a role that is narrowed down to it. */
export class EcrPushGrants implements PushGrants {
  readonly #clients: EcrClients;
  readonly #settings: EcrSettings;
  readonly #clock: Clock;

  constructor(clients: EcrClients, settings: EcrSettings, clock: Clock) {
    this.#clients = clients;
    this.#settings = settings;
    this.#clock = clock;
  }

  async mint({ app, id }: { app: string; id: string }): Promise<PushGrant> {
    const { rack, pushRoleArn, registryHost, repositoryArns } = this.#settings;
    const name = `${rack}/${app}`;
    await ensureRepository(this.#clients.ecr, name, { 'rackless:rack': rack });
    const credentials = await assumePushRole(
      this.#clients.sts,
      {
        arn: pushRoleArn,
        repositoryArn: repositoryArns + name,
        session: id,
        seconds: grantSeconds,
      },
      this.#clock()
    );
    const login = await loginWith(this.#clients.ecrAs(sessionOf(credentials)));
    return { repository: `${registryHost}/${name}`, host: registryHost, ...login };
  }
}

const sessionOf = ({
  AccessKeyId: accessKeyId = '',
  SecretAccessKey: secretAccessKey = '',
  SessionToken: sessionToken = '',
}: Credentials): SessionCredentials => ({ accessKeyId, secretAccessKey, sessionToken });

/** ECR's token carries the rights of whoever asks for it: here the narrowed session. */
const loginWith = async (ecr: ECRClient): Promise<Pick<PushGrant, 'username' | 'password'>> => {
  try {
    const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand());
    const token = Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64').toString();
    const colon = token.indexOf(':');
    if (colon < 1) throw new Error('ECR gave no authorization token');
    return { username: token.slice(0, colon), password: token.slice(colon + 1) };
  } finally {
    ecr.destroy();
  }
};
