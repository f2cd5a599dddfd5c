import { stage } from '#infra/local/aws/stack.ts';
import { query, type Result, rackless } from '../../e2e/rack.ts';
import { at, type ConformanceBed, eventually } from '../conformance/conformance-bed.ts';

/** A build that is in the middle of a step. */
export interface GoingBuild {
  readonly id: string;
  /** Paths of its Job and its pod in the Kubernetes API. */
  readonly job: string;
  readonly pod: string;
  /** How the client ends. */
  readonly end: Promise<Result>;
}

const namespace = `/namespaces/${stage}-builds`;

/** Begins a build, and resolves once its log says `begun`. */
export const beginBuild = async (
  bed: ConformanceBed,
  app: string,
  folder: string
): Promise<GoingBuild> => {
  const end = rackless(`build ${folder} -a ${app} --no-cache`, { seconds: 120 });
  const [build] = await eventually(
    () => query<readonly { id: string; status: string }[]>(`builds -a ${app} --limit 1`),
    ([newest]) => newest?.status === 'running'
  );
  const id = build?.id ?? '';
  await eventually(
    () => rackless(`builds logs ${id} -a ${app}`),
    ({ stdout }) => /^#\d+ [\d.]+ begun$/m.test(stdout)
  );
  const name = `${id.toLowerCase()}-1`;
  const pods = `/api/v1${namespace}/pods`;
  const { body } = await bed.api.call('GET', `${pods}?labelSelector=job%3D${name}`);
  const pod = `${pods}/${at(body, 'items', 0, 'metadata', 'name')}`;
  return { id, job: `/apis/batch/v1${namespace}/jobs/${name}`, pod, end };
};
