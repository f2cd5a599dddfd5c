import { setTimeout as delay } from 'node:timers/promises';
import { LiveView } from '#core/promotions/engine/live-view.ts';
import { unchangedServices } from '#core/promotions/engine/unchanged-services.ts';
import type { RenderedRelease } from '#core/rendering/rendered-release.ts';
import { judge } from '#core/verdicts/judge.ts';
import { remember } from '#core/verdicts/memory.ts';
import { observeService } from '#core/verdicts/observe-service.ts';
import { Recorder } from '#core/verdicts/recorder.ts';
import { type Recording, redactRecording } from '#core/verdicts/recording.ts';
import { scaleUpOf } from '#core/verdicts/scale-up.ts';
import { freshMemory, type Verdict } from '#core/verdicts/verdict.ts';
import { RecordingBed } from './recording-bed.ts';
import type { Scenario } from './scenario.ts';

/** As in the engine. */
const tick = 250;
const longest = 8 * 60_000;

/** Plays a scenario in the cluster and records what the engine sees of it. */
export const record = async (name: string, scenario: Scenario): Promise<Recording> => {
  const bed = new RecordingBed(name);
  try {
    const previous = scenario.before ? await runBefore(bed, scenario.before) : undefined;
    await scenario.prepare?.(bed);
    const before = await healthOf(bed, previous);
    const rendered = bed.render({
      id: 'RBBBBBBBBBB',
      manifest: scenario.manifest,
      images: (await scenario.images?.(bed)) ?? {},
      patch: scenario.patch,
      previous,
    });
    const { resourceVersion } = await bed.cluster.list('Event', bed.namespace);
    await bed.write(rendered);
    const during = scenario.during?.(bed);
    // Its failure is told when the recording is over.
    during?.catch(() => undefined);
    const unchanged = unchangedServices({ rendered, previous, before });
    const recorder = new Recorder({ services: rendered.services, unchanged });
    await watch(bed, { recorder, rendered, unchanged, eventsFrom: resourceVersion, scenario });
    await during;
    return { ...withoutPlace(recorder.recording, bed), note: scenario.note };
  } finally {
    await bed.close();
  }
};

const runBefore = async (bed: RecordingBed, manifest: string): Promise<RenderedRelease> => {
  const release = {
    id: 'RAAAAAAAAAA',
    manifest,
    images: {},
    patch: undefined,
    previous: undefined,
  };
  const rendered = bed.render(release);
  await bed.write(rendered);
  const wanted = rendered.services.reduce((all, it) => all + it.count, 0);
  await bed.until(async () => {
    const pods = await bed.pods();
    const started = pods.filter((it) => (it['status'] as { phase?: string }).phase === 'Running');
    return started.length === wanted;
  });
  await delay(3_000);
  return rendered;
};

const healthOf = async (bed: RecordingBed, previous: RenderedRelease | undefined) => {
  const lists = await Promise.all(
    ['Deployment', 'Pod'].map((it) => bed.cluster.list(it, bed.namespace, bed.selector))
  );
  const objects = lists.flatMap((it) => it.items);
  return Object.fromEntries(
    (previous?.services ?? []).map((it) => {
      const { fresh, deployment } = observeService(it, objects);
      const ready = fresh.filter((pod) => pod.isReady).length;
      return [it.name, { ready, replicas: deployment?.desired }];
    })
  );
};

interface Watched {
  readonly recorder: Recorder;
  readonly rendered: RenderedRelease;
  readonly unchanged: ReturnType<typeof unchangedServices>;
  readonly eventsFrom: string;
  readonly scenario: Scenario;
}

const watch = async (bed: RecordingBed, given: Watched): Promise<void> => {
  const { recorder, unchanged, eventsFrom, scenario } = given;
  const { services } = given.rendered;
  const scaleUps = new Set<string>();
  const { cluster, namespace, selector } = bed;
  const view = new LiveView({
    ...{ cluster, namespace, selector, eventsFrom, clock: Date.now, sleep: (ms) => delay(ms) },
    onEvent: (event) => {
      const pod = scaleUpOf(event);
      if (pod) scaleUps.add(pod);
    },
  });
  const started = Date.now();
  let looked = started;
  let memory = freshMemory;
  let end = started + longest;
  try {
    while (Date.now() < end) {
      await view.changed(tick);
      const now = Date.now();
      const elapsed = now - looked;
      looked = now;
      if (!view.isCurrent) continue;
      const objects = [...view.objects];
      const observations = services.map((it) => observeService(it, objects, scaleUps));
      recorder.add(observations, elapsed);
      memory = remember(memory, observations, elapsed);
      const verdict = judge({ services, observations, unchanged, memory });
      if (verdict.kind === 'progressing' || end < started + longest) continue;
      console.error(`${bed.app} after ${memory.clock} ms: ${textOf(verdict)}`);
      end = now + (scenario.tail ?? 1) * 1000;
    }
  } finally {
    view.close();
  }
};

const textOf = (verdict: Verdict): string =>
  verdict.kind === 'failed' ? `${verdict.reason}: ${verdict.cause}` : verdict.kind;

/** Addresses of this machine say nothing, and change with every run. */
const withoutPlace = (recording: Recording, bed: RecordingBed): Recording =>
  redactRecording(recording, (text) =>
    text.replaceAll(bed.registry, 'registry.test').replaceAll(/127\.0\.0\.1:\d+/g, 'registry.test')
  );
