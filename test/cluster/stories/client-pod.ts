import { at, type ConformanceBed, eventually } from '../conformance/conformance-bed.ts';

/** How often each answer came: the text of a page, or `failed`. */
export type Answers = Readonly<Record<string, number>>;

/** A new connection each time; one line of its log for each answer. (wget of busybox needs a libc.) */
const script = ({ host, port }: Address): string => `trap 'exit 0' TERM
while :; do
  answer=$(printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 ${host} ${port} | tail -n 1)
  echo "\${answer:-failed}"
  sleep 0.05
done`;

interface Address {
  readonly host: string;
  readonly port: number;
}

/** A client inside the cluster: it comes to a service as other pods do, through its ClusterIP. */
export class ClientPod {
  readonly #bed: ConformanceBed;
  readonly #path: string;

  private constructor(bed: ConformanceBed, path: string) {
    this.#bed = bed;
    this.#path = path;
  }

  /** Resolves once the service has answered it. */
  static async start(bed: ConformanceBed, address: Address): Promise<ClientPod> {
    const pods = `/api/v1/namespaces/${await bed.namespace()}/pods`;
    const client = new ClientPod(bed, `${pods}/client`);
    const args = ['sh', '-c', script(address)];
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
): Promise<Address> => {
  const { body } = await api.call('GET', `/api/v1/namespaces/${namespace}/services/${name}`);
  return {
    host: at(body, 'spec', 'clusterIP') as string,
    port: at(body, 'spec', 'ports', 0, 'port') as number,
  };
};
