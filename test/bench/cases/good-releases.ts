import type { Bed } from '../cluster/bed.ts';
import { kubectlOn, type PlainApp } from '../cluster/plain-app.ts';
import type { Run } from '../cluster/rack.ts';
import { promote, withApp } from '../cluster/rack-app.ts';
import { good, type ManifestInput, roughButGood } from '../cluster/scenarios.ts';
import { median, report, rounded } from '../measure.ts';

/** Checked as the manifest does by default (after 5 s, every 5 s), and as soon as it can be. */
const checks: Readonly<Record<string, ManifestInput['health']>> = {
  default: '/health',
  quick: { path: '/health', interval: 1, grace: 1 },
};

/** The same objects brought in by the rack and by kubectl, by turns. */
export const goodReleases = async (bed: Bed): Promise<void> => {
  for (const [check, health] of Object.entries(checks)) {
    await withApp(bed, `bench-${check}`, (app) =>
      kubectlOn(bed, app, (plain) => compare(bed, { app, plain, check, health }))
    );
  }
};

interface Comparison {
  readonly app: string;
  readonly plain: PlainApp;
  readonly check: string;
  readonly health: ManifestInput['health'];
}

const compare = async (bed: Bed, { app, plain, check, health }: Comparison): Promise<void> => {
  const { rounds } = bed;
  const rackless: number[] = [];
  const kubectl: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const mine = await promote(bed, { app, scenario: good, health });
    const its = await plain.promote(good, health);
    // The first one makes everything; it is warming up.
    if (round === 0) continue;
    rackless.push(wall(mine.run));
    kubectl.push(wall(its));
  }
  report('good-release', {
    check,
    rackless: rounded(median(rackless), 0),
    kubectl: rounded(median(kubectl), 0),
    ratio: rounded(median(rackless) / median(kubectl), 2),
    unit: 'ms',
    rounds,
  });
};

/** Both are waited for to the end, and both must be good. */
const wall = ({ code, started, ended, lines }: Run): number => {
  if (code === 0) return ended - started;
  throw new Error(`a good release failed: ${lines.map((it) => it.text).join('\n')}`);
};

/** Slow, or rough at first: neither may be rolled back. */
export const roughReleases = (bed: Bed): Promise<void> =>
  withApp(bed, 'bench-rough', async (app) => {
    await promote(bed, { app, scenario: good });
    for (const scenario of roughButGood) {
      const { run, story } = await promote(bed, { app, scenario });
      report('rough-release', {
        release: scenario.name,
        outcome: story.status,
        took: rounded((run.ended - run.started) / 1000),
        unit: 's',
      });
    }
  });
