import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { BuildBench, type PushedImage } from './build-bench.ts';

let bench: BuildBench;
beforeEach(async () => {
  bench = await BuildBench.open();
});
afterEach(() => bench.close());

const built = async (dockerfile: string, ...options: string[]): Promise<PushedImage> => {
  const { code, output } = await bench.build(dockerfile, ...options);
  expect([code, output]).toEqual([0, output]);
  return await bench.pushed();
};

test('records what the image says about itself', async () => {
  const { config, file } = await built(`FROM scratch
MAINTAINER someone
ENV A=1 B="two words" C='$A'
ENV OLD  the old form
ENV D=\${A}\${B:+!}
LABEL one=1 "two words"="a b" \\
  # a comment between
  three=3
EXPOSE 80 53/udp 8000-8001
WORKDIR /srv
WORKDIR app
USER node
VOLUME ["/data", "/more data"]
STOPSIGNAL SIGINT
SHELL ["/bin/bash", "-c"]
ENTRYPOINT exec run "$A"
CMD ["-v", "x y"]
`);

  expect(config).toEqual({
    Env: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'A=1',
      'B=two words',
      'C=$A',
      'OLD=the old form',
      'D=1!',
    ],
    Labels: { one: '1', 'two words': 'a b', three: '3' },
    ExposedPorts: { '80/tcp': {}, '53/udp': {}, '8000/tcp': {}, '8001/tcp': {} },
    WorkingDir: '/srv/app',
    User: 'node',
    Volumes: { '/data': {}, '/more data': {} },
    StopSignal: 'SIGINT',
    Shell: ['/bin/bash', '-c'],
    Entrypoint: ['/bin/bash', '-c', 'exec run "$A"'],
    Cmd: ['-v', 'x y'],
  });
  expect(file).toMatchObject({
    author: 'someone',
    os: 'linux',
    created: '1970-01-01T00:00:00.000Z',
  });
  expect(file.architecture).toBe(process.arch === 'x64' ? 'amd64' : process.arch);
});

test('arguments come from the command line, the stage, the lines before FROM, the platform', async () => {
  bench.write({ a: 'a' });

  const { config } = await built(
    `ARG VERSION=1
ARG IMAGE=scratch
FROM \${IMAGE}
ENV BEFORE=\${VERSION:-hidden}
ARG VERSION
ARG OWN=\${VERSION}.0
ARG GIVEN=default
ARG TARGETOS
ENV AFTER=$VERSION OWN=$OWN GIVEN=$GIVEN OS=$TARGETOS
ARG OWN=other
ENV WINS=$OWN
`,
    ...['--opt', 'build-arg:GIVEN=a=b', '--opt', 'build-arg:UNUSED=x']
  );

  expect(config.Env?.slice(1)).toEqual([
    'BEFORE=hidden',
    'AFTER=1',
    'OWN=1.0',
    'GIVEN=a=b',
    'OS=linux',
    'WINS=1.0',
  ]);
});

test('ENTRYPOINT drops a CMD that was inherited, not one of its own stage', async () => {
  const inherited = await built('FROM scratch AS a\nCMD ["x"]\nFROM a\nENTRYPOINT ["y"]\n');
  const own = await built('FROM scratch\nCMD ["x"]\nENTRYPOINT ["y"]\n');

  expect(inherited.config).not.toHaveProperty('Cmd');
  expect(own.config.Cmd).toEqual(['x']);
});

test('a base image that leaves work to its children is refused', async () => {
  const { host } = bench.registry;
  const config = bench.registry.putBlob(Buffer.from('{"config":{"OnBuild":["RUN make"]}}'));
  bench.registry.putManifest('lib/trigger', 'latest', { config, layers: [] });

  const { code, lines } = await bench.build(`FROM ${host}/lib/trigger\n`);

  expect(code).toBe(1);
  expect(lines.at(-1)).toContain(`line 1: ${host}/lib/trigger asks for ONBUILD RUN make`);
});

test('SOURCE_DATE_EPOCH is the time of the image', async () => {
  bench.environment['SOURCE_DATE_EPOCH'] = '1700000000';

  expect((await built('FROM scratch\n')).file.created).toBe('2023-11-14T22:13:20.000Z');
});

test('labels of the command line are added', async () => {
  const { config } = await built('FROM scratch\nLABEL a=1\n', '--opt', 'label:b=2');

  expect(config.Labels).toEqual({ a: '1', b: '2' });
});
