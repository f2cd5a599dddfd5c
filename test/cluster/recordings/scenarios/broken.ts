import { manifest, named, patched, size, web } from '../manifests.ts';
import type { Scenario } from '../scenario.ts';

const two = size(2);
const before = manifest(web('', two));
/** Long enough to try other limits on it. */
const tail = 45;

/** Releases that a person would take back. */
export const broken: Readonly<Record<string, Scenario>> = {
  'crash-loop': {
    note: 'Each process exits with code 3 at once.',
    before,
    manifest: manifest(web('exit 3;', two)),
    tail,
  },
  'crash-late': {
    note: 'A process without a port exits with code 3 after 4 s, again and again.',
    manifest: manifest(named('web', 'sleep 4; exit 3', [])),
    tail,
  },
  oom: {
    note: 'Each process takes more memory than it may.',
    before,
    manifest: manifest(named('web', 'exec tail /dev/zero', [two])),
  },
  'bad-command': {
    note: 'The command is no program of the image.',
    before,
    manifest: manifest([
      '  web:',
      '    build: .',
      '    command: no-such-program --fast',
      `    ${two}`,
    ]),
  },
  'missing-secret': {
    note: 'A Secret that the process needs is not there.',
    before,
    manifest: before.replace('echo ok', 'echo fine'),
    patch: patched({}, { envFrom: [{ secretRef: { name: 'not-there' } }] }),
  },
  'missing-secret-key': {
    note: 'A key that the process needs is not in its Secret.',
    before,
    manifest: before.replace('echo ok', 'echo fine'),
    patch: patched(
      {},
      {
        env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'no-such-key' } } }],
      }
    ),
    prepare: async (bed) => {
      bed.kubectl(['create', 'secret', 'generic', 'keys', '--from-literal=other=1']);
    },
  },
  'failing-init': {
    note: 'An init container, patched into the Deployment, exits with code 1.',
    before,
    manifest: before.replace('echo ok', 'echo fine'),
    patch: (deployment) => {
      const spec = deployment['spec'] as {
        template: { spec: { containers: { image: string }[] } };
      };
      const image = spec.template.spec.containers[0]?.image ?? '';
      const init = { name: 'migrate', image, args: ['sh', '-c', 'echo no database; exit 1'] };
      return patched({ initContainers: [init] })(deployment);
    },
  },
  'never-ready': {
    note: 'The process runs and never passes its health check.',
    before,
    manifest: manifest(
      named('web', 'exec httpd -f -p 3000 -h /tmp', [
        'port: 3000',
        'health: {path: /, interval: 1, timeout: 1}',
        two,
      ])
    ),
  },
};
