import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bed } from '../cluster/bed.ts';
import { kubectlOn } from '../cluster/plain-app.ts';
import { promote, withApp } from '../cluster/rack-app.ts';
import type { Counts } from '../cluster/request-log.ts';
import { broken, good, roughButGood } from '../cluster/scenarios.ts';
import { report, rounded } from '../measure.ts';

/** What one promotion asks of the API server, counted on the way there. */
export const apiRequests = (bed: Bed): Promise<void> =>
  withApp(bed, 'bench-requests', async (app) => {
    const [crashLoop = good] = broken;
    await promote(bed, { app, scenario: good });
    for (const scenario of [good, crashLoop]) {
      const { story } = await promote(bed, { app, scenario });
      tell(`rackless, ${scenario.name}`, bed.proxy.take(), { outcome: story.status });
    }
    const counted = { ...bed, kubeconfig: bed.proxy.kubeconfig };
    await kubectlOn(counted, app, async (plain) => {
      await plain.promote(good);
      bed.proxy.take();
      await plain.promote(good);
      tell('kubectl apply and rollout status, good', bed.proxy.take(), {});
    });
  });

const tell = (what: string, counts: Counts, more: object): void => {
  const sorted = Object.entries(counts).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const requests = sorted.reduce((sum, [, count]) => sum + count, 0);
  report('api-requests', { what, ...more, requests, each: Object.fromEntries(sorted) });
};

/** So long is watched; the release needs 30 s to answer. */
const watched = 20_000;

/** CPU time of whoever watches a rollout on which little happens, per minute. */
export const watchCpu = (bed: Bed): Promise<void> =>
  withApp(bed, 'bench-cpu', async (app) => {
    const [slow = good] = roughButGood;
    await promote(bed, { app, scenario: good });
    await Promise.all([promote(bed, { app, scenario: slow }), functionCpu(bed)]);
    await kubectlOn(bed, app, async (plain) => {
      await plain.promote(good);
      await kubectlCpu(bed, plain.namespace, () => plain.promote(slow));
    });
  });

const functionCpu = async ({ home }: Bed): Promise<void> => {
  await pause(5_000);
  const before = cpuOf(`${home}/.*-promotion-`);
  await pause(watched);
  tellCpu('the promotion function', cpuOf(`${home}/.*-promotion-`) - before);
};

const kubectlCpu = async (
  { kubeconfig }: Bed,
  namespace: string,
  slowly: () => Promise<unknown>
): Promise<void> => {
  const rollout = slowly();
  await pause(5_000);
  const script = `while :; do kubectl --kubeconfig ${kubeconfig} -n ${namespace} get pods,deployments -o json > /dev/null; sleep 1; done`;
  const poller = spawn('sh', ['-c', script], { stdio: 'ignore' });
  const [before, polled] = [cpuOf('kubectl .*rollout status'), cpuWithChildren(poller.pid)];
  await pause(watched);
  tellCpu('kubectl rollout status', cpuOf('kubectl .*rollout status') - before);
  tellCpu('kubectl get, once a second', cpuWithChildren(poller.pid) - polled);
  poller.kill();
  await rollout;
};

const tellCpu = (what: string, milliseconds: number): void =>
  report('watch-cpu', {
    what,
    perMinute: rounded((milliseconds * 60_000) / watched, 0),
    unit: 'ms',
  });

/** Of every process with such a command line, except shells that only started it. */
const cpuOf = (pattern: string): number =>
  readdirSync('/proc')
    .filter((it) => /^\d+$/.test(it))
    .filter((it) => {
      const command = read(`/proc/${it}/cmdline`).replaceAll('\0', ' ');
      return new RegExp(pattern).test(command) && !/^sh /.test(command);
    })
    .reduce((sum, it) => sum + ticksOf(it, 2), 0);

const cpuWithChildren = (pid: number | undefined): number => ticksOf(`${pid}`, 4);

/** User and system time, the process' own; with `count` 4 also that of children that have ended. */
const ticksOf = (pid: string, count: number): number => {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ');
  // Fields 14 to 17 of proc(5), in hundredths of a second.
  return fields.slice(11, 11 + count).reduce((sum, it) => sum + Number(it) * 10, 0);
};

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
