import { storeBuilderImage } from '../aws/builder-image.ts';
import { PlaneError } from './plane-error.ts';

/** Parameters of serverless.yml, as `osls deploy --param KEY=VALUE` takes them. */
export type StackParameters = Readonly<Record<string, string>>;

/** What an account owner would choose for the cluster and the registry of this machine. */
export const stackParameters = async ({
  registry,
  emulatorPort,
  appPort,
}: {
  /** HOST:PORT, for whoever pushes and pulls. */
  readonly registry: string;
  readonly emulatorPort: number;
  readonly appPort: number | undefined;
}): Promise<StackParameters> => {
  const registryParameters = { registryHost: registry, registryInsecure: registry };
  // Another cluster has its own way in, and runs the builder that a rack on AWS runs.
  if (appPort === undefined) return registryParameters;
  return {
    ...registryParameters,
    domain: `localhost:${appPort}`,
    builderImage: await storeBuilderImage(emulatorPort),
  };
};

/** Reads `KEY=VALUE`. */
export const readParameter = (text: string): readonly [string, string] => {
  const [, key, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return [key, value];
  throw new PlaneError(`invalid parameter: ${text}`, { hint: 'it has the form KEY=VALUE' });
};
