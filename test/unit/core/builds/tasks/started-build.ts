import { expect } from '@jest/globals';
import type { Build } from '#core/builds/build.ts';
import { grantPush } from '#core/builds/tasks/grant-push.ts';
import { buildTasks } from '#core/builds/tasks/tasks.ts';
import { aBuild, aRelease, buildBed, run } from '../build-bed.ts';
import { granting } from '../granting.ts';

/** Two services of one image, and one that names its own. */
const files = {
  'convox.yml': `services:
  web: { build: { path: my app, args: [V=1] }, port: 3000 }
  worker: { build: { path: my app, args: [V=1] } }
  cache: { image: 'redis:7' }
`,
  'my app/Dockerfile': 'FROM node:24\nARG TOKEN',
};

/** A build whose jobs have just been started. */
export const started = async ({
  build = {},
  step = '',
  earlier = [aBuild({ id: 'BEARLIER', status: 'complete' })],
}: {
  build?: Partial<Build>;
  step?: string;
  earlier?: Build[];
} = {}) => {
  const dockerfile = `${files['my app/Dockerfile']}\n${step}`;
  const bed = buildBed({ build, files: { ...files, 'my app/Dockerfile': dockerfile }, earlier });
  bed.releases.push(aRelease({ env: 'TOKEN=hunter2\nNPM_TOKEN=s3cr3t-value' }));
  const tasks = buildTasks(bed.deps);
  await tasks.ReadSource(run);
  await grantPush({ ...bed.deps, ...granting() })(run);
  expect(await tasks.StartJobs(run)).toMatchObject({ next: 'WatchJobs' });
  return { bed, tasks };
};
