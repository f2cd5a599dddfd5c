import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { helmProgram } from '../programs/helm.ts';
import { type Run, timed } from './rack.ts';

const deployments = ['web', 'api'] as const;

/** What people use without a rack; each leaves its files in a folder of its own. */
export interface Tool {
  readonly name: string;
  /** Brings a release in and waits for it as the program does by default. */
  readonly promote: (objects: readonly KubernetesObject[]) => Promise<Run>;
  /** What has to be typed after a failure; undefined when the program goes back by itself. */
  readonly goBack: (() => Promise<Run>) | undefined;
}

interface Place {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly folder: string;
}

/** Longer than the longest default: kubectl's comes from the Deployment, 600 s. */
const seconds = 900;

/** `kubectl apply`, then `kubectl rollout status` of each Deployment. */
export const kubectl = ({ kubeconfig, namespace, folder }: Place): Tool => {
  const file = join(folder, 'objects.json');
  const inNamespace = (command: string) =>
    `kubectl --kubeconfig ${kubeconfig} -n ${namespace} ${command}`;
  const forEach = (command: string) =>
    deployments.map((it) => inNamespace(`${command} deployment/${it}`)).join(' && ');
  const shell = (script: string) => timed('sh', ['-c', script], { seconds });
  return {
    name: 'kubectl',
    promote: (objects) => {
      writeFileSync(file, listOf(objects));
      return shell(`${inNamespace(`apply -f ${file}`)} && ${forEach('rollout status')}`);
    },
    goBack: () => shell(`${forEach('rollout undo')} && ${forEach('rollout status')}`),
  };
};

/** `helm upgrade --install --rollback-on-failure` of a chart with these objects in it. */
export const helm = ({ kubeconfig, namespace, folder }: Place): Tool => {
  const program = helmProgram((line) => console.error(line));
  const templates = join(folder, 'chart', 'templates');
  mkdirSync(templates, { recursive: true });
  const chart = { apiVersion: 'v2', name: 'bench', version: '1.0.0' };
  writeFileSync(join(folder, 'chart', 'Chart.yaml'), JSON.stringify(chart));
  return {
    name: 'helm',
    promote: (objects) => {
      for (const [index, object] of objects.entries()) {
        writeFileSync(join(templates, `${index}.yaml`), JSON.stringify(object));
      }
      const args = ['upgrade', 'bench', join(folder, 'chart'), '--install'];
      return timed(
        program,
        [...args, '--rollback-on-failure', '--namespace', namespace, '--kubeconfig', kubeconfig],
        {
          seconds,
          env: { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder },
        }
      );
    },
    goBack: undefined,
  };
};

const listOf = (items: readonly KubernetesObject[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
