import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
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

/** Credentials for pushing to one ECR repository, from a role that is narrowed down to it. */
export class EcrPushGrants implements PushGrants {
  readonly #ecr: ECRClient;
  readonly #sts: STSClient;
  readonly #settings: EcrSettings;
  readonly #clock: Clock;

  constructor(
    { ecr, sts, clock }: { ecr: ECRClient; sts: STSClient; clock: Clock },
    settings: EcrSettings
  ) {
    this.#ecr = ecr;
    this.#sts = sts;
    this.#clock = clock;
    this.#settings = settings;
  }

  async mint({ app, id }: { app: string; id: string }): Promise<PushGrant> {
    const { rack, pushRoleArn, registryHost, repositoryArns } = this.#settings;
    const name = `${rack}/${app}`;
    await ensureRepository(this.#ecr, name, { 'rackless:rack': rack });
    const credentials = await assumePushRole(
      this.#sts,
      {
        arn: pushRoleArn,
        repositoryArn: repositoryArns + name,
        session: id,
        seconds: grantSeconds,
      },
      this.#clock()
    );
    const login = await loginWith(credentials);
    return { repository: `${registryHost}/${name}`, host: registryHost, ...login };
  }
}

/** ECR's token carries the rights of whoever asked for it: here the narrowed session. */
const loginWith = async (
  credentials: Credentials
): Promise<Pick<PushGrant, 'username' | 'password'>> => {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = credentials;
  const ecr = new ECRClient({
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    },
  });
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
