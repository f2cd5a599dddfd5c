import type { KubernetesObject } from '#core/kubernetes/object.ts';

/** Little, since others use the cluster too. */
export const size = (count: number): string => `scale: {count: ${count}, cpu: 5, memory: 24}`;

const indented = (lines: readonly string[]): readonly string[] => lines.map((it) => `    ${it}`);

/** A service that answers on port 3000, once `first` has run through. */
export const web = (first: string, ...lines: readonly string[]): readonly string[] =>
  named('web', `${first} echo ok > /tmp/index.html; exec httpd -f -p 3000 -h /tmp`, [
    'port: 3000',
    'health: {path: /, interval: 1, timeout: 1}',
    ...lines,
  ]);

export const named = (
  name: string,
  script: string,
  lines: readonly string[]
): readonly string[] => {
  const scale = lines.some((it) => it.startsWith('scale:')) ? [] : [size(1)];
  const command = `command: ${JSON.stringify(`sh -c '${script}'`)}`;
  return [`  ${name}:`, ...indented(['build: .', command, ...scale, ...lines])];
};

export const manifest = (...services: readonly (readonly string[])[]): string =>
  ['services:', ...services.flat(), ''].join('\n');

interface Template {
  readonly spec: { readonly containers: readonly object[] };
}

interface Spec {
  readonly template: Template;
}

/** Adds fields to the pod and to its container. */
export const patched =
  (pod: object, container: object = {}) =>
  (deployment: KubernetesObject): KubernetesObject => {
    const spec = deployment['spec'] as Spec;
    const containers = spec.template.spec.containers.map((it) => ({ ...it, ...container }));
    const template = { ...spec.template, spec: { ...spec.template.spec, ...pod, containers } };
    return { ...deployment, spec: { ...spec, template } };
  };
