import { ECRClient } from '@aws-sdk/client-ecr';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { EcrRegistry } from '#adapters/ecr/ecr-registry.ts';
import { readConfig } from '../config.ts';

const config = readConfig(
  z.object({
    RACK: z.string(),
    PUSH_ROLE_ARN: z.string(),
    REGISTRY_HOST: z.string().min(1),
    REPOSITORY_ARNS: z.string().min(1),
  })
);

/** The rack's registry, for the functions that may mint. */
export const registry = new EcrRegistry(
  {
    ecr: new ECRClient(),
    sts: new STSClient(),
    ecrAs: (credentials) => new ECRClient({ credentials }),
  },
  {
    rack: config.RACK,
    pushRoleArn: config.PUSH_ROLE_ARN,
    registryHost: config.REGISTRY_HOST,
    repositoryArns: config.REPOSITORY_ARNS,
  },
  Date.now
);
