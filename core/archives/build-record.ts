import type { Build } from '../builds/build.ts';
import type { Provenance } from '../builds/provenance.ts';
import { InvalidRequestError } from '../errors.ts';
import { isDigest } from './image-manifest.ts';

/** What a service runs: an image of the archive, or one that stays where it is. */
export type RecordedService =
  | { readonly name: string; readonly digest: string }
  | { readonly name: string; readonly image: string };

/** `build.json` of an archive: a build without what is of its rack alone. */
export interface BuildRecord {
  readonly id: string;
  readonly app: string;
  /** Its name; empty in archives of Convox. */
  readonly rack: string;
  readonly description: string;
  readonly gitSha: string;
  readonly gitDirty: boolean | undefined;
  readonly manifest: string;
  readonly provenance: Provenance | undefined;
  /** Undefined in archives of Convox, which name their images by the files that hold them. */
  readonly services: readonly RecordedService[] | undefined;
}

const version = 1;

/** Build arguments stay out: they may be secrets, and nothing is built again. */
export const recordOf = (
  build: Build,
  { rack, services }: { readonly rack: string; readonly services: readonly RecordedService[] }
): BuildRecord & { readonly services: readonly RecordedService[] } => {
  const { id, app, description, gitSha, gitDirty, manifest, provenance } = build;
  return { id, app, rack, description, gitSha, gitDirty, manifest, provenance, services };
};

/** In the fields of the wire, as Convox's own archives have them, so that it could be read there. */
export const writeRecord = ({ gitSha, gitDirty, ...record }: BuildRecord): string => {
  const { id, app, rack, description, manifest, provenance, services } = record;
  const git = { 'git-sha': gitSha, 'git-dirty': gitDirty };
  const fields = { version, id, app, rack, description, ...git, manifest, provenance, services };
  return `${JSON.stringify(fields, null, 2)}\n`;
};

type Fields = Readonly<Record<string, unknown>>;

/** @throws InvalidRequestError for what is no record, or one of a later version. */
export const readRecord = (text: string): BuildRecord => {
  const given = parsed(text);
  const { services } = given;
  if (given['version'] !== undefined && given['version'] !== version) {
    const found = JSON.stringify(given['version']);
    throw new InvalidRequestError(
      `the archive is of version ${found}, and this rack reads ${version}`,
      {
        hint: 'import it into a rack that is as new as the one it comes from',
      }
    );
  }
  return {
    id: nameIn(given, 'id'),
    app: nameIn(given, 'app'),
    rack: nameIn(given, 'rack'),
    description: textIn(given, 'description').slice(0, longestDescription),
    gitSha: textIn(given, 'git-sha').slice(0, longestSha),
    gitDirty: typeof given['git-dirty'] === 'boolean' ? given['git-dirty'] : undefined,
    manifest: manifestIn(given),
    provenance: provenanceIn(given['provenance']),
    services: given['version'] === undefined ? undefined : readServices(services),
  };
};

/** Those of the API. */
const longestDescription = 1000;
const longestSha = 64;

const parsed = (text: string): Fields => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Fields;
  } catch (cause) {
    throw new InvalidRequestError(`build.json is not JSON: ${(cause as Error).message}`, { cause });
  }
  throw new InvalidRequestError('build.json is not a JSON object');
};

const textIn = (given: Fields, field: string): string => {
  const value = given[field] ?? '';
  if (typeof value === 'string') return value;
  throw new InvalidRequestError(`build.json: ${field} is not text`);
};

/** For people to read: what does not look like a name is left out. */
const nameIn = (given: Fields, field: string): string => {
  const text = textIn(given, field);
  return /^[\w.-]{1,100}$/.test(text) ? text : '';
};

const manifestIn = (given: Fields): string => {
  const manifest = textIn(given, 'manifest');
  if (manifest !== '') return manifest;
  throw new InvalidRequestError('build.json has no manifest: the build was exported too early');
};

const readServices = (given: unknown): readonly RecordedService[] => {
  if (!Array.isArray(given)) throw new InvalidRequestError('build.json has no services');
  return given.map(readService);
};

const readService = (given: unknown): RecordedService => {
  const { name, digest, image } = Object(given) as Fields;
  if (typeof name === 'string' && isDigest(digest)) return { name, digest };
  if (typeof name === 'string' && typeof image === 'string') return { name, image };
  throw new InvalidRequestError(
    `build.json: not a service: ${String(JSON.stringify(given)).slice(0, 200)}`
  );
};

/** For people to read: what does not look like it is left out. */
const provenanceIn = (given: unknown): Provenance | undefined => {
  const { builder, bases, sbom } = Object(given) as Fields;
  if (!isPlain(builder) || !Array.isArray(bases)) return undefined;
  return { builder, bases: bases.flatMap(readBase), sbom: sbom === true };
};

/** One line, of which no terminal makes anything else. */
const isPlain = (text: unknown): text is string =>
  typeof text === 'string' && /^[\x20-\x7e]{1,500}$/.test(text);

const readBase = (given: unknown): Provenance['bases'] => {
  const { image, digest } = Object(given) as Fields;
  return isPlain(image) && isDigest(digest) ? [{ image, digest }] : [];
};
