import { readFileSync } from 'node:fs';
import { ArtifactImages } from '#adapters/google/artifact-images.ts';
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

/** The account that may delete. */
export const expirePlane = 'rackless-expire@images.iam.gserviceaccount.com';

const page = readFileSync(new URL('../../../docs/registries/google.md', import.meta.url), 'utf8');

/** What docs/registries/google.md has an owner allow a role: each permission is needed. */
const permissionsIn = (role: string): readonly string[] => {
  const pattern = new RegExp(`roles create ${role} .*--permissions \\\\\n((?:[\\w.,]+\\\\?\n)+)`);
  const [, list = ''] = pattern.exec(page) ?? [];
  return list.split(/[,\\\s]+/).filter(Boolean);
};

/** The roles that docs/registries/google.md makes. */
export const planeRole = 'projects/images/roles/rackless';
export const expireRole = 'projects/images/roles/rackless_expire';

const pool = provider.replace(/\/providers.*$/, '');

export interface GoogleBed extends FakeGoogle {
  readonly issuer: WebIdentityIssuer;
  readonly clock: () => number;
  /** Lets time go by. */
  pass(milliseconds: number): void;
  /** Set up as docs/registries/google.md says. */
  readonly registry: ArtifactRegistry;
  /** Another rack in the same project. */
  registryOf(rack: string, sleep?: Sleep, serviceAccount?: string): ArtifactRegistry;
  /** What deletes there, as the account that may unless another is named. */
  images(serviceAccount?: string): ArtifactImages;
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
  const webIdentityToken = async (audience: string): Promise<string> => issuer.token(audience);
  const { endpoints } = google;
  const settings = { project: 'images', location: 'europe-west1', provider };
  const registryOf: GoogleBed['registryOf'] = (rack, sleep = letPass, serviceAccount = plane) =>
    new ArtifactRegistry(
      { webIdentityToken, endpoints, sleep },
      { ...settings, rack, serviceAccount },
      clock
    );
  const images = (serviceAccount = expirePlane): ArtifactImages =>
    new ArtifactImages(
      { webIdentityToken, endpoints, sleep: letPass },
      { ...settings, rack: 'prod', serviceAccount },
      clock
    );
  const close = async (): Promise<void> => {
    await Promise.all([google.close(), issuer.close()]);
  };
  const registry = registryOf('prod');
  const later = (it: number): number => now + it;
  return { ...google, issuer, clock, pass, registry, registryOf, images, close, in: later };
};

const setUp = (world: GoogleWorld, { url, roleArn }: WebIdentityIssuer): void => {
  const condition = "assertion.sub.startsWith('arn:aws:iam::123456789012:role/rackless-')";
  world.providers.set(provider, { issuer: url, condition });
  const principal = `principal://iam.googleapis.com/${pool}/subject/${roleArn}`;
  for (const [email, role, name] of [
    [plane, planeRole, 'rackless'],
    [expirePlane, expireRole, 'rackless_expire'],
  ] as const) {
    world.accounts.set(email, { email, displayName: '', description: '', disabled: false });
    world.grant('roles/iam.workloadIdentityUser', principal, email);
    world.roles.set(role, permissionsIn(name));
    world.grant(role, `serviceAccount:${email}`);
  }
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
