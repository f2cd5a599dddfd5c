/** What builders printed of pushes that failed: docker 28.2.2, podman 4.3.1, buildah 1.28.2. */

const layer = 'f9dff5598c62';

const begun = ['The push refers to repository [127.0.0.1:37649/atom/shop]', `${layer}: Preparing`];

const countdown = (from: number): readonly string[] =>
  Array.from({ length: from }, (_, at) => {
    const left = from - at;
    return `${layer}: Retrying in ${left} second${left === 1 ? '' : 's'}`;
  });

/** Docker's engine tries a layer five times, in 50 seconds. */
const fiveTries = [5, 10, 15, 20].flatMap(countdown);

const daemonless = ['Getting image source signatures', 'Copying blob sha256:abb01cacb375'];

const refused = (program: 'podman' | 'buildah'): readonly string[] => {
  const pause = program === 'podman' ? '1s' : '2s';
  const cause = (quote: string) =>
    `trying to reuse blob sha256:abb01cacb375 at destination: pinging container registry 127.0.0.1:9: Get ${quote}http://127.0.0.1:9/v2/${quote}: dial tcp 127.0.0.1:9: connect: connection refused`;
  const warnings = [1, 2, 3].map(
    (it) =>
      `time="2026-12-01T03:07:04Z" level=warning msg="Failed, retrying in ${pause} ... (${it}/3). Error: ${cause('\\"')}"`
  );
  return [...daemonless, ...warnings, `Error: ${cause('"')}`];
};

export const recorded = {
  docker: {
    full: [...begun, ...fiveTries, 'received unexpected HTTP status: 507 Insufficient Storage'],
    failing: [...begun, ...fiveTries, 'received unexpected HTTP status: 500 Internal Server Error'],
    denied: [...begun, ...fiveTries, 'denied'],
    quota: [
      ...begun,
      'denied: adding 4.0 MiB of storage resource, which when updated to current usage of 10.0 MiB will exceed the configured upper limit of 12.0 MiB',
    ],
    notAuthorized: [
      ...begun,
      'error parsing HTTP 403 response body: invalid character \'U\' looking for beginning of value: "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: ecr:InitiateLayerUpload"',
    ],
    noLogin: [...begun, 'no basic auth credentials'],
    unknownName: [
      ...begun,
      "name unknown: The repository with name 'atom/shop' does not exist in the registry with id '123456789012'",
    ],
    noRegistry: [
      ...begun,
      'error parsing HTTP 404 response body: invalid character \'<\' looking for beginning of value: "<html>404</html>"',
    ],
    tooLarge: [
      ...begun,
      'error parsing HTTP 413 response body: invalid character \'<\' looking for beginning of value: "<html><h1>413 Request Entity Too Large</h1></html>"',
    ],
    busy: [...begun, 'toomanyrequests: Rate exceeded'],
    plain: [
      ...begun,
      'Get "https://192.0.2.2:42239/v2/": http: server gave HTTP response to HTTPS client',
    ],
    certificate: [
      ...begun,
      'Get "https://192.0.2.2:39769/v2/": x509: certificate is valid for 127.0.0.1, not 192.0.2.2',
    ],
    noHost: [
      ...begun,
      'Get "https://registry.invalid/v2/": dial tcp: lookup registry.invalid on 10.255.255.53:53: no such host',
    ],
    absent: [
      ...begun,
      'Get "http://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused',
    ],
    cut: [
      ...begun,
      ...fiveTries,
      'write tcp 127.0.0.1:40548->127.0.0.1:38821: use of closed network connection',
    ],
    cutOnce: [
      ...begun,
      ...countdown(5),
      'write tcp 127.0.0.1:40548->127.0.0.1:38821: use of closed network connection',
    ],
  },
  podman: {
    full: [
      ...daemonless,
      'Error: writing blob: uploading layer chunked: received unexpected HTTP status: 507 Insufficient Storage',
    ],
    failing: [
      ...daemonless,
      'Error: writing blob: uploading layer chunked: received unexpected HTTP status: 500 Internal Server Error',
    ],
    denied: [
      ...daemonless,
      'Error: writing blob: initiating layer upload to /v2/atom/shop/blobs/uploads/ in 127.0.0.1:40867: denied',
    ],
    taken: [
      ...daemonless,
      "Error: Uploading manifest failed, attempted the following formats: application/vnd.oci.image.manifest.v1+json(writing manifest: uploading manifest web.B to 127.0.0.1:39563/atom/shop: tag invalid: The image tag 'web.B' already exists in the 'atom/shop' repository and cannot be overwritten because the repository is immutable.)",
    ],
    tooLarge: [
      ...daemonless,
      'Error: writing blob: uploading layer chunked: StatusCode: 413, <html><h1>413 Request Entity Too Large</h1></html>',
    ],
    noRegistry: [
      ...daemonless,
      'Error: writing blob: initiating layer upload to /v2/atom/shop/blobs/uploads/ in 127.0.0.1:34271: StatusCode: 404, <html>404</html>',
    ],
    absent: refused('podman'),
    cut: [
      ...daemonless,
      'Error: writing blob: Patch "http://127.0.0.1:39007/v2/atom/shop/blobs/uploads/0.14": write tcp 127.0.0.1:33742->127.0.0.1:39007: use of closed network connection',
    ],
  },
  buildah: {
    full: [
      ...daemonless,
      'Error: pushing image "127.0.0.1:43405/atom/shop:web.B" to "docker://127.0.0.1:43405/atom/shop:web.B": writing blob: initiating layer upload to /v2/atom/shop/blobs/uploads/ in 127.0.0.1:43405: received unexpected HTTP status: 507 Insufficient Storage',
    ],
    failing: [
      ...daemonless,
      'Error: pushing image "127.0.0.1:39055/atom/shop:web.B" to "docker://127.0.0.1:39055/atom/shop:web.B": writing manifest: uploading manifest web.B to 127.0.0.1:39055/atom/shop: received unexpected HTTP status: 500 Internal Server Error',
    ],
    unknownName: [
      ...daemonless,
      'Error: pushing image "127.0.0.1:43143/atom/shop:web.B" to "docker://127.0.0.1:43143/atom/shop:web.B": writing blob: initiating layer upload to /v2/atom/shop/blobs/uploads/ in 127.0.0.1:43143: name unknown: The repository with name \'atom/shop\' does not exist in the registry with id \'123456789012\'',
    ],
    absent: refused('buildah'),
  },
} as const;
