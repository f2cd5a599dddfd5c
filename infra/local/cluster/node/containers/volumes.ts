import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { Container, Pod, PodSpec } from '../wire-objects.ts';
import { fieldValue } from './field-values.ts';
import type { Mount } from './host-paths.ts';
import type { PodData } from './pod-data.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];
interface Selection {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
  readonly optional?: boolean;
}
type Files = ReadonlyMap<string, Buffer>;
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

/** A volume that cannot be set up yet; the message is that of the kubelet's `FailedMount` event. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

interface VolumeSource {
  readonly pod: Pod;
  readonly data: PodData;
}

const pickItems = (values: Files | undefined, { items, optional = false }: Selection): Files => {
  if (items === undefined) {
    return values ?? new Map();
  }
  return new Map(
    items.flatMap(({ key, path }) => {
      const value = values?.get(key);
      if (value === undefined && !optional) {
        throw new Error(`references non-existent key: ${key}`);
      }
      return value === undefined ? [] : [[path, value] as const];
    })
  );
};

const downwardFiles = (
  items: readonly { path: string; fieldRef?: { fieldPath: string } }[],
  pod: Pod
): Files =>
  new Map(
    items.map(({ path, fieldRef }) => [
      path,
      Buffer.from(fieldRef === undefined ? '' : fieldValue(pod, fieldRef.fieldPath)),
    ])
  );

const projectedFiles = (
  { secret, configMap, downwardAPI }: Projection,
  { pod, data }: VolumeSource
): Files =>
  new Map([
    ...(secret === undefined
      ? []
      : pickItems(data.all('secret', secret.name ?? '', secret.optional), secret)),
    ...(configMap === undefined
      ? []
      : pickItems(data.all('configmap', configMap.name ?? '', configMap.optional), configMap)),
    ...downwardFiles(downwardAPI?.items ?? [], pod),
  ]);

type Reader = (volume: Volume, source: VolumeSource) => Files | undefined;

const readers: readonly Reader[] = [
  ({ secret }, { data }) =>
    secret && pickItems(data.all('secret', secret.secretName ?? '', secret.optional), secret),
  ({ configMap }, { data }) =>
    configMap &&
    pickItems(data.all('configmap', configMap.name ?? '', configMap.optional), configMap),
  ({ projected }, source) =>
    projected &&
    new Map((projected.sources ?? []).flatMap((part) => [...projectedFiles(part, source)])),
  ({ downwardAPI }, { pod }) => downwardAPI && downwardFiles(downwardAPI.items ?? [], pod),
  ({ emptyDir }) => emptyDir && new Map(),
];

/** The files of a volume; undefined for a kind that this node does not know. */
const filesOf: Reader = (volume, source) => {
  for (const read of readers) {
    const files = read(volume, source);
    if (files !== undefined) {
      return files;
    }
  }
  return undefined;
};

const setUp = async (volume: Volume, folder: string, source: VolumeSource): Promise<void> => {
  const files = filesOf(volume, source);
  if (files === undefined) {
    throw new Error('the embedded cluster has no such kind of volume; use --kubeconfig');
  }
  await mkdir(folder, { recursive: true });
  for (const [name, content] of files) {
    const file = join(folder, normalize(`/${name}`));
    await mkdir(dirname(file), { recursive: true });
    await rm(file, { force: true });
    await writeFile(file, content, { mode: 0o600 });
  }
};

/** Makes the pod's volumes under `folder`; a second call keeps what an emptyDir holds. Throws `VolumeError`. */
export const setUpVolumes = async (folder: string, source: VolumeSource): Promise<void> => {
  for (const volume of source.pod.spec?.volumes ?? []) {
    try {
      if (volume.hostPath === undefined) {
        await setUp(volume, join(folder, volume.name), source);
      }
    } catch (error) {
      throw new VolumeError(
        `MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`,
        { cause: error }
      );
    }
  }
};

/** Where a container's mount paths are on this machine. */
export const mountsOf = (container: Container, pod: Pod, folder: string): readonly Mount[] =>
  (container.volumeMounts ?? []).map(({ name, mountPath, subPath = '' }) => {
    const volume = pod.spec?.volumes?.find((candidate) => candidate.name === name);
    const root = volume?.hostPath?.path ?? join(folder, name);
    return { mountPath, hostPath: join(root, normalize(`/${subPath}`)).replace(/\/$/, '') };
  });
