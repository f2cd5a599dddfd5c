import { ArtifactRegistry } from '#adapters/google/artifact-registry.ts';
import type { Sleep } from '#adapters/google/ask-google.ts';
import type { PushCredential } from '#core/registries/ports.ts';
import { tinyArtifact } from '#infra/google/tiny-artifact.ts';
import { pushImage } from '#infra/local/builder/registry/push-image.ts';
import {
  startWebIdentityIssuer,
  type WebIdentityIssuer,
} from '../aws-identity/web-identity-issuer.ts';
import { type FakeGoogle, startGoogle } from './start-google.ts';
import type { GoogleWorld } from './world.ts';

export const provider =
  'projects/123456789/locations/global/workloadIdentityPools/aws/providers/rackless';
export const plane = 'rackless-plane@images.iam.gserviceaccount.com';

/** The role that docs/registries/google.md makes, by the same permissions. */
export const planeRole = 'projects/images/roles/rackless';
const planePermissions = [
  'artifactregistry.repositories.create',
  'artifactregistry.repositories.downloadArtifacts',
  'artifactregistry.repositories.get',
  'artifactregistry.repositories.getIamPolicy',
  'artifactregistry.repositories.setIamPolicy',
  'artifactregistry.tags.get',
  'iam.serviceAccounts.create',
  'iam.serviceAccounts.disable',
  'iam.serviceAccounts.enable',
  'iam.serviceAccounts.get',
  'iam.serviceAccounts.getAccessToken',
];

const pool = provider.replace(/\/providers.*$/, '');

export interface GoogleBed extends FakeGoogle {
  readonly issuer: WebIdentityIssuer;
  readonly clock: () => number;
  /** Lets time go by. */
  pass(milliseconds: number): void;
  /** Set up as docs/registries/google.md says. */
  readonly registry: ArtifactRegistry;
  /** Another rack in the same project. */
  registryOf(rack: string, sleep?: Sleep): ArtifactRegistry;
  /** In so many milliseconds from now. */
  in(milliseconds: number): number;
}

/** A project `images`, the account of a plane in it, and the registry of the rack `prod`. */
export const googleBed = async (): Promise<GoogleBed> => {
  let now = Date.parse('2026-11-23T09:00:00Z');
  const clock = (): number => now;
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  const issuer = await startWebIdentityIssuer(clock);
  const google = await startGoogle({ project: 'images', location: 'europe-west1', clock });
  setUp(google.world, issuer);
  const letPass: Sleep = async (milliseconds) => pass(milliseconds);
  const registryOf = (rack: string, sleep = letPass): ArtifactRegistry =>
    new ArtifactRegistry(
      {
        webIdentityToken: async (audience) => issuer.token(audience),
        endpoints: google.endpoints,
        sleep,
      },
      { rack, project: 'images', location: 'europe-west1', provider, serviceAccount: plane },
      clock
    );
  const close = async (): Promise<void> => {
    await Promise.all([google.close(), issuer.close()]);
  };
  const registry = registryOf('prod');
  return { ...google, issuer, clock, pass, registry, registryOf, close, in: (it) => now + it };
};

const setUp = (world: GoogleWorld, { url, roleArn }: WebIdentityIssuer): void => {
  const condition = "assertion.sub.startsWith('arn:aws:iam::123456789012:role/rackless-')";
  world.providers.set(provider, { issuer: url, condition });
  world.accounts.set(plane, { email: plane, displayName: '', description: '', disabled: false });
  const principal = `principal://iam.googleapis.com/${pool}/subject/${roleArn}`;
  world.grant('roles/iam.workloadIdentityUser', principal, plane);
  world.roles.set(planeRole, planePermissions);
  world.grant(planeRole, `serviceAccount:${plane}`);
};

/** Pushes a tiny artifact to `HOST/PATH`, and gives its digest. */
export const push = async (
  { username, password }: Pick<PushCredential, 'username' | 'password'>,
  address: string,
  [tag, note = tag]: readonly [string, string?]
): Promise<string> => {
  const [host = '', ...name] = address.split('/');
  const repository = {
    url: `http://${host}`,
    name: name.join('/'),
    credentials: { username, password },
  };
  return (await pushImage(repository, tag, tinyArtifact(note))).digest;
};
