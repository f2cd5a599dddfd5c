import { request as openHttp } from 'node:http';
import { request as openHttps } from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import {
  address,
  type ClusterRequest,
  noAnswer,
  refusal,
} from '#adapters/kubernetes/cluster-answers.ts';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.ts';
import type { Cluster } from '#core/kubernetes/ports.ts';
import type { ClusterAccess } from './read-kubeconfig.ts';

type Body = ConstructorParameters<typeof Response>[0];

/** Milliseconds without a byte, after which there is no answer. */
const silence = 30_000;

/**
 * The cluster behind a kubeconfig, through Node's own client: the rack's needs a library that is
 * larger than the rest of this program.
 */
export const openCluster = (access: ClusterAccess): Cluster => {
  const send = async (request: ClusterRequest): Promise<Response> => {
    const response = await answer(access, request).catch((cause: unknown) => {
      throw noAnswer(access.server, cause);
    });
    if (response.ok) return response;
    throw await refusal(response, request);
  };
  return new KubernetesCluster({
    read: async (request) => {
      const response = await send(request);
      return response.text().catch((cause: unknown) => {
        throw noAnswer(access.server, cause);
      });
    },
    send: async (request) => {
      const { body } = await send(request);
      return { body: body && (body as ReadableStream<Uint8Array>) };
    },
  });
};

const answer = (access: ClusterAccess, request: ClusterRequest): Promise<Response> =>
  new Promise((resolve, reject) => {
    const url = address(access.server, request);
    const open = url.protocol === 'http:' ? openHttp : openHttps;
    const outgoing = open(url, optionsOf(access, request), (incoming) => {
      const { statusCode: status = 502, statusMessage: statusText = '' } = incoming;
      // A Response may not have a body with these.
      const body = [204, 304].includes(status) ? null : (Readable.toWeb(incoming) as Body);
      resolve(new Response(body, { status, statusText }));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer for ${silence / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end(request.body === undefined ? undefined : JSON.stringify(request.body));
  });

const optionsOf = (
  { ca, cert, key, servername, insecure, authorization }: ClusterAccess,
  { method = 'GET', body, contentType = 'application/json', signal }: ClusterRequest
) => ({
  method,
  timeout: silence,
  rejectUnauthorized: !insecure,
  ...(ca && { ca }),
  ...(cert && { cert }),
  ...(key && { key }),
  ...(servername && { servername }),
  ...(signal && { signal }),
  headers: {
    accept: 'application/json',
    ...(authorization && { authorization }),
    ...(body !== undefined && { 'content-type': contentType }),
  },
});
