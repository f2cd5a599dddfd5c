import { createHash } from 'node:crypto';

export interface ArtifactRegistrySettings {
  readonly rack: string;
  /** The id of the project that holds the repositories and the accounts of the apps. */
  readonly project: string;
  /** A region or multi-region: `europe-west1`, `us`. */
  readonly location: string;
}

/** Images of releases, whose tags stay what they are; or the build cache, whose tags move. */
export type RepositoryKind = 'images' | 'cache';

/** Pushes images only; or also the cache, for builds in the cluster. */
export type AccountKind = 'push' | 'build';

/** Longest ids that Google takes. */
const longestRepository = 63;
const longestAccount = 30;

export const repositoryId = (rack: string, app: string, kind: RepositoryKind): string => {
  const plain = `${rack}-${app}`;
  if (kind === 'cache') return fitted(`${rack}/${app}`, plain, '-cache');
  // An app that is called like another one's cache must not be given that.
  if (app.endsWith('-cache')) return hashed(`${rack}/${app}`, plain, '');
  return fitted(`${rack}/${app}`, plain, '');
};

/** 6 to 30 letters, digits and dashes. */
export const accountId = (rack: string, app: string, kind: AccountKind): string => {
  const [plain, end] = [`${rack}-${app}`, `-${kind}`];
  if (plain.length + end.length <= longestAccount) return plain + end;
  return cut(`${rack}/${app}`, plain, longestAccount - end.length) + end;
};

const fitted = (key: string, plain: string, end: string): string =>
  plain.length + end.length <= longestRepository ? plain + end : hashed(key, plain, end);

const hashed = (key: string, plain: string, end: string): string =>
  cut(key, plain, longestRepository - end.length) + end;

/** As much of a name as has room beside eight digits of what it stands for. */
const cut = (key: string, plain: string, room: number): string => {
  const digits = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return `${plain.slice(0, room - 9).replace(/-+$/, '')}-${digits}`;
};

/** A project of a domain, `example.com:name`, has its parts the other way round in addresses. */
export const accountEmail = (project: string, id: string): string =>
  `${id}@${project.split(':').reverse().join('.')}.iam.gserviceaccount.com`;

/** `projects/P/locations/L/repositories/R` */
export const repositoryName = (
  { rack, project, location }: ArtifactRegistrySettings,
  app: string,
  kind: RepositoryKind
): string =>
  `projects/${project}/locations/${location}/repositories/${repositoryId(rack, app, kind)}`;

/** `PROJECT/REPOSITORY/APP`: an image in a repository has a name of its own, here always the app's. */
export const imagePath = (
  { rack, project }: ArtifactRegistrySettings,
  app: string,
  kind: RepositoryKind
): string => `${project.replace(':', '/')}/${repositoryId(rack, app, kind)}/${app}`;
