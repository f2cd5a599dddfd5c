import { at, type ConformanceBed, eventually } from '../conformance/conformance-bed.ts';

/** How often each answer came: the text of a page, or `failed`. */
export type Answers = Readonly<Record<string, number>>;

/** Asks as fast as a new connection each time allows; one line of its log for each answer. */
const script = (url: string): string => `trap 'exit 0' TERM
while :; do wget -q -O - -T 2 ${url} 2>/dev/null || echo failed; sleep 0.05; done`;

/** A client inside the cluster: it comes to a service as other pods do, through its ClusterIP. */
export class ClientPod {
  readonly #bed: ConformanceBed;
  readonly #path: string;

  private constructor(bed: ConformanceBed, path: string) {
    this.#bed = bed;
    this.#path = path;
  }

  /** Resolves once the service has answered it. */
  static async start(bed: ConformanceBed, url: string): Promise<ClientPod> {
    const pods = `/api/v1/namespaces/${await bed.namespace()}/pods`;
    const client = new ClientPod(bed, `${pods}/client`);
    const args = ['sh', '-c', script(url)];
    const { code, text } = await bed.api.call('POST', pods, {
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'client' },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'client', image: bed.image, command: args }],
        },
      },
    });
    if (code !== 201) throw new Error(`the client was refused: ${text}`);
    await eventually(
      () => client.answers(),
      (answers) => Object.keys(answers).some((it) => it !== 'failed')
    );
    return client;
  }

  /** All answers up to now. */
  async answers(): Promise<Answers> {
    const { code, text } = await this.#bed.api.call('GET', `${this.#path}/log`);
    const lines = code === 200 ? text.split('\n').filter((it) => it) : [];
    const counts: Record<string, number> = {};
    for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
    return counts;
  }
}

/** The address of a service of an app, as other pods reach it. */
export const clusterAddress = async (
  { api }: ConformanceBed,
  namespace: string,
  name: string
): Promise<string> => {
  const { body } = await api.call('GET', `/api/v1/namespaces/${namespace}/services/${name}`);
  return `http://${at(body, 'spec', 'clusterIP')}:${at(body, 'spec', 'ports', 0, 'port')}/`;
};
