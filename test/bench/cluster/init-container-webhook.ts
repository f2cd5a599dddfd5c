import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '#test/cluster/bed/run-program.ts';
import type { Bed } from './bed.ts';

const configuration = 'rackless-bench-init-containers';

/**
 * An admission webhook that puts a failing init container into new processes, as a mesh puts its own
 * into them. Only an API server on this machine reaches it; another one lets the processes be.
 */
export const withInitContainers = async <Result>(
  { kubeconfig, image }: Bed,
  namespace: string,
  work: () => Promise<Result>
): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'rackless-webhook-'));
  const kubectl = (...args: readonly string[]) =>
    runProgram('kubectl', ['--kubeconfig', kubeconfig, ...args]);
  const server = await serve(folder, image);
  try {
    const file = join(folder, 'webhook.json');
    writeFileSync(file, JSON.stringify(webhookOf(server, folder, namespace)));
    kubectl('apply', '-f', file);
    return await work();
  } finally {
    kubectl('delete', '--ignore-not-found', 'mutatingwebhookconfiguration', configuration);
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const serve = async (folder: string, image: string): Promise<Server> => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const name = ['-subj', '/CN=bench', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'certificate')];
  runProgram('openssl', ['req', '-x509', ...key, '-days', '1', ...name, ...files]);
  const read = (file: string) => readFileSync(join(folder, file));
  const server = createServer(
    { key: read('key'), cert: read('certificate') },
    (request, answer) => {
      void admit(request, answer, image);
    }
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const admit = async (
  request: IncomingMessage,
  answer: ServerResponse,
  image: string
): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const review = JSON.parse(`${Buffer.concat(chunks)}`) as { request: { uid: string } };
  const limits = { cpu: '50m', memory: '16Mi' };
  const container = {
    name: 'doomed',
    image,
    command: ['sh', '-c', 'exit 1'],
    resources: { limits },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    },
  };
  const patch = [{ op: 'add', path: '/spec/initContainers', value: [container] }];
  const response = {
    uid: review.request.uid,
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
  };
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify({ ...review, response }));
};

const webhookOf = (server: Server, folder: string, namespace: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: configuration },
  webhooks: [
    {
      name: 'init-containers.bench.rackless.dev',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Ignore',
      timeoutSeconds: 2,
      clientConfig: {
        url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        caBundle: readFileSync(join(folder, 'certificate')).toString('base64'),
      },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      objectSelector: { matchLabels: { sabotage: 'init-container' } },
      rules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
      ],
    },
  ],
});
