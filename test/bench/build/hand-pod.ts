import { spawnSync } from 'node:child_process';
import { timed } from '../cluster/rack.ts';

const namespace = 'rackless-bench-builds';
const pod = 'by-hand';

interface HandBuild {
  /** A folder of this machine. */
  readonly context: string;
  /** `HOST/PATH:TAG`, over plain HTTP. */
  readonly image: string;
}

/** A pod of the shape that the rack gives its builds, in which somebody types `buildctl`. */
export class HandPod {
  /** Milliseconds from asking for it to its program running. */
  readonly startTime: number;

  private constructor(startTime: number) {
    this.startTime = startTime;
  }

  static async start(image: string): Promise<HandPod> {
    await kubectl(['create', 'namespace', namespace]);
    const begun = Date.now();
    await kubectl(['-n', namespace, 'create', '-f', '-'], JSON.stringify(podOf(image)));
    await kubectl([
      '-n',
      namespace,
      'wait',
      `pod/${pod}`,
      '--for=condition=Ready',
      '--timeout=60s',
    ]);
    return new HandPod(Date.now() - begun);
  }

  /** Milliseconds of one build and its push, with the context in the pod already. */
  async build({ context, image }: HandBuild): Promise<number> {
    const tar = spawnSync('tar', ['-C', context, '-cf', '-', '.'], { maxBuffer: 1e9 });
    const unpack =
      'rm -rf /workspace/context && mkdir -p /workspace/context && tar -xf - -C /workspace/context';
    await kubectl(['-n', namespace, 'exec', '-i', pod, '--', 'sh', '-c', unpack], tar.stdout);
    const output = `type=image,name=${image},push=true,registry.insecure=true`;
    const command =
      'buildctl-daemonless.sh build --progress=plain --frontend dockerfile.v0 --no-cache ' +
      `--local context=/workspace/context --local dockerfile=/workspace/context --output ${output}`;
    const args = ['-n', namespace, 'exec', pod, '--', 'sh', '-c', command];
    const { code, started, ended, lines } = await timed('kubectl', args, { seconds: 500 });
    if (code !== 0) throw new Error(`buildctl failed: ${lines.map((it) => it.text).join('\n')}`);
    return ended - started;
  }

  async remove(): Promise<void> {
    await kubectl(['delete', 'namespace', namespace]);
  }
}

const podOf = (image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: pod },
  spec: {
    terminationGracePeriodSeconds: 0,
    volumes: [{ name: 'workspace', emptyDir: {} }],
    containers: [
      {
        name: 'build',
        image,
        command: ['sh', '-c', 'sleep 3600'],
        volumeMounts: [{ name: 'workspace', mountPath: '/workspace' }],
        resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '512Mi' } },
        securityContext: { privileged: true },
      },
    ],
  },
});

const kubectl = async (args: readonly string[], input: string | Buffer = ''): Promise<void> => {
  const { status, stderr } = spawnSync('kubectl', args, {
    input,
    encoding: 'utf8',
    timeout: 90_000,
  });
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
};
