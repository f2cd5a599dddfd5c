import type { Bed } from '../cluster/bed.ts';
import { type Promoted, promote, withApp } from '../cluster/rack-app.ts';
import { broken, good } from '../cluster/scenarios.ts';
import { median, report, rounded } from '../measure.ts';

/** From the first change of a Deployment to what a look at the cluster shows; seconds, medians. */
export const brokenReleases = (bed: Bed): Promise<void> =>
  withApp(bed, 'bench-broken', async (app) => {
    await promote(bed, { app, scenario: good });
    for (const scenario of broken) {
      const seen: Promoted[] = [];
      for (let round = 0; round < bed.rounds; round++) {
        seen.push(await promote(bed, { app, scenario }));
      }
      report('broken-release', {
        release: scenario.name,
        ...figuresOf(seen),
        unit: 's',
        rounds: bed.rounds,
      });
    }
  });

const figuresOf = (seen: readonly Promoted[]): Readonly<Record<string, unknown>> => {
  const middle = (value: (it: Promoted) => number) => rounded(median(seen.map(value)) / 1000, 2);
  const since = (it: Promoted, at: number | undefined) =>
    (at ?? Number.NaN) - (it.moments.applied ?? Number.NaN);
  return {
    outcomes: [...new Set(seen.map(({ story }) => `${story.status} ${story.reason}`))].join(),
    shown: middle((it) => since(it, it.moments.shown)),
    verdict: middle((it) => since(it, verdictAt(it))),
    verdictAfterShown: middle((it) => verdictAt(it) - (it.moments.shown ?? Number.NaN)),
    takenBack: middle((it) => since(it, it.moments.taken)),
    restored: middle((it) => since(it, it.moments.restored)),
    slowestRestored: rounded(
      Math.max(...seen.map((it) => since(it, it.moments.restored))) / 1000,
      2
    ),
    clientEnded: middle((it) => since(it, it.run.ended)),
  };
};

const verdictAt = ({ story }: Promoted): number =>
  Date.parse(story.events.find((it) => it.kind === 'verdict')?.at ?? '');
