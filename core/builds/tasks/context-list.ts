import { isSourceListKey, keyOf } from '../../objects/object-key.ts';
import type { Chunks, Objects } from '../../objects/ports.ts';
import { readSourceList } from '../../objects/source-list.ts';
import type { Build } from '../build.ts';
import { unknownHash } from '../context-container.ts';
import { BuildFailure } from './build-task.ts';

export interface ContextListDependencies {
  readonly objects: Pick<Objects, 'readText' | 'write' | 'downloadAddress'>;
  readonly chunks: Pick<Chunks, 'downloadAddress'>;
}

type BuildKey = Pick<Build, 'app' | 'id'>;

/**
 * Writes down where the parts of a build's source are, good for an hour, and gives the list's own
 * address: the one thing that a Job has to be told.
 */
export const writeContextList = async (
  deps: ContextListDependencies,
  { app, id, source }: BuildKey & Pick<Build, 'source'>
): Promise<string> => {
  const key = keyOf(app, source);
  if (!key) throw new BuildFailure(`not an object of app ${app}: ${source}`);
  const parts = isSourceListKey(key) ? chunkLines(deps, app, key) : archiveLines(deps, app, key);
  const list = `${(await parts).join('\n')}\n`;
  await deps.objects.write(app, contextListKey(id), new TextEncoder().encode(list));
  return deps.objects.downloadAddress(app, contextListKey(id));
};

/** The end of a build is the end of its addresses. */
export const removeContextList = (
  { objects }: { readonly objects: Pick<Objects, 'remove'> },
  { app, id }: BuildKey
): Promise<void> => objects.remove(app, contextListKey(id));

const contextListKey = (build: string): string => `builds/${build}/context`;

const archiveLines = async ({ objects }: ContextListDependencies, app: string, key: string) => [
  `${unknownHash} ${await objects.downloadAddress(app, key)}`,
];

const chunkLines = async (
  { objects, chunks }: ContextListDependencies,
  app: string,
  key: string
): Promise<readonly string[]> => {
  const text = await objects.readText(app, key);
  if (text === undefined) throw new BuildFailure(`object not found: ${key}`);
  const line = async ({ sha256 }: { readonly sha256: string }) =>
    `${sha256} ${await chunks.downloadAddress(app, sha256)}`;
  return Promise.all(readSourceList(text).chunks.map(line));
};
