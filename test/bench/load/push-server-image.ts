import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pushImage } from '#test/cluster/bed/push-image.ts';
import { runProgram } from '#test/cluster/bed/run-program.ts';

const sources = fileURLToPath(new URL('server/', import.meta.url));

/** Builds the draining server into an image that holds nothing else, no shell either. Needs Go. */
export const pushServerImage = (registry: string): string =>
  pushImage({ registry, name: 'bench/draining-server:1', command: ['/server'] }, (root) => {
    const env = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
    const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(root, 'server'), '.'];
    runProgram('go', args, { cwd: sources, env });
  });
