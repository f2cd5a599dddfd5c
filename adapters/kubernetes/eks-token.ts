import { Sha256 } from '@aws-crypto/sha256-js';
import { STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import { type ExecPlugin, optionOf, programOf, wordsOf } from './exec-entry.ts';

interface EksCluster {
  readonly name: string;
  readonly region: string | undefined;
  /** Assumed first, as `aws eks get-token --role-arn` does. */
  readonly role: string | undefined;
}

/** EKS takes a token for 14 minutes; a new one is made well before. */
const tokenLifetime = 10 * 60_000;

/** `aws eks get-token --cluster-name NAME`, as `aws eks update-kubeconfig` writes it. */
export const eksPlugin: ExecPlugin = (entry) => {
  const words = wordsOf(entry);
  const name = optionOf(words, '--cluster-name');
  const isEks = words.includes('eks') && words.includes('get-token');
  if (programOf(entry) !== 'aws' || !isEks || !name) return undefined;
  const [region, role] = [optionOf(words, '--region'), optionOf(words, '--role-arn')];
  return async () => ({
    token: await eksToken({ name, region, role }),
    until: Date.now() + tokenLifetime,
  });
};

/**
 * What `aws eks get-token` prints: a GetCallerIdentity request for the cluster, presigned for 60
 * seconds, in base64url behind `k8s-aws-v1.`. EKS treats it as good for 14 minutes.
 */
export const eksToken = async ({ name, region, role }: EksCluster): Promise<string> => {
  const client = new STSClient(region ? { region } : {});
  const signingRegion = await client.config.region();
  const domain = signingRegion.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const host = `sts.${signingRegion}.${domain}`;
  const signer = new SignatureV4({
    service: 'sts',
    region: signingRegion,
    credentials: role
      ? fromTemporaryCredentials({ params: { RoleArn: role } })
      : client.config.credentials,
    sha256: Sha256,
  });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host, 'x-k8s-aws-id': name },
    },
    { expiresIn: 60 }
  );
  return `k8s-aws-v1.${Buffer.from(urlOf(signed)).toString('base64url')}`;
};

type Signed = Awaited<ReturnType<SignatureV4['presign']>>;

const urlOf = ({ hostname, path, query = {} }: Signed): string =>
  `https://${hostname}${path}?${Object.entries(query)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
    .join('&')}`;
