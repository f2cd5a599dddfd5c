import process from 'node:process';
import type { Bed } from '../cluster/bed.ts';
import { type Promoted, promote, withApp } from '../cluster/rack-app.ts';
import { type RackProxy, startRackProxy } from '../cluster/rack-proxy.ts';
import type { Asked } from '../cluster/request-log.ts';
import { good } from '../cluster/scenarios.ts';
import { median, report, rounded } from '../measure.ts';

/** What was seen of one promotion from outside: of its client, on its way to the cluster, in it. */
interface Seen extends Promoted {
  readonly client: readonly Asked[];
  readonly cluster: readonly Asked[];
}

const health = { path: '/health', interval: 1, grace: 1 };

/**
 * Where the time of a good promotion goes, by what passes two proxies and by what a look at the
 * cluster shows every 100 ms. Each step ends with the moment that it is named by.
 */
export const promotionSteps = async (bed: Bed): Promise<void> => {
  const direct = process.env['RACK_URL'] ?? '';
  const proxy = await startRackProxy(direct);
  try {
    await withApp(bed, 'bench-steps', async (app) => {
      // One makes everything and one takes over its fields; both warm up.
      await promote(bed, { app, scenario: good, health });
      await promote(bed, { app, scenario: good, health });
      process.env['RACK_URL'] = proxy.url;
      tell(await seenOf(bed, app, proxy));
      process.env['RACK_URL'] = direct;
    });
  } finally {
    process.env['RACK_URL'] = direct;
    proxy.close();
  }
};

const seenOf = async (bed: Bed, app: string, proxy: RackProxy): Promise<readonly Seen[]> => {
  const seen: Seen[] = [];
  for (let round = 0; round < bed.rounds; round++) {
    proxy.takeAsked();
    const promoted = await promote(bed, { app, scenario: good, health });
    seen.push({ ...promoted, client: proxy.takeAsked(), cluster: bed.proxy.takeAsked() });
  }
  return seen;
};

interface Moment {
  readonly step: string;
  readonly at: number;
}

const momentsOf = ({ run, moments, client, cluster }: Seen): readonly Moment[] => {
  const posted = client.find((it) => it.what === 'POST promote');
  const trials = cluster.filter((it) => it.what.endsWith('(dry run)'));
  const writes = cluster.filter((it) => /^(apply|create|patch) \w+$/.test(it.what));
  const deployed = writes.filter((it) => it.what.endsWith(' deployments'));
  const copy = cluster.findLast((it) => /^(apply|create) secrets$/.test(it.what));
  const asked = cluster.filter((it) => !it.what.startsWith('watch'));
  const sure = asked.findLast((it) => it.what === 'list pods');
  return [
    { step: 'start', at: run.started },
    { step: 'the client asks', at: at(posted) },
    { step: 'the rack has taken it', at: answered(posted) },
    { step: 'the function reads the cluster', at: at(cluster[0]) },
    { step: 'the first trial', at: at(trials[0]) },
    { step: 'the last trial', at: Math.max(...trials.map(answered)) },
    { step: 'the first write', at: at(writes[0]) },
    { step: 'the last Deployment', at: Math.max(...deployed.map(answered)) },
    { step: 'the last process ready', at: moments.ready ?? Number.NaN },
    { step: 'the verdict', at: answered(sure) },
    { step: 'the copy in the cluster', at: answered(copy) },
    { step: 'the last request to the cluster', at: answered(asked.at(-1)) },
    { step: 'the client knows', at: answered(client.at(-1)) },
    { step: 'the client has ended', at: run.ended },
  ];
};

const at = (asked: Asked | undefined): number => asked?.at ?? Number.NaN;

const answered = (asked: Asked | undefined): number => asked?.answered ?? Number.NaN;

/** Medians of each step's own length, and of all that was asked of the cluster. */
const tell = (seen: readonly Seen[]): void => {
  const rounds = seen.map(momentsOf);
  const [first = []] = rounds;
  const lengths = first.slice(1).map(({ step }, index) => {
    const each = rounds.map((it) => (it[index + 1]?.at ?? 0) - (it[index]?.at ?? 0));
    return [step, rounded(median(each), 0)];
  });
  report('promotion-steps', {
    rounds: rounds.length,
    unit: 'ms',
    steps: Object.fromEntries(lengths),
    requests: median(seen.map((it) => it.cluster.length)),
  });
};
