import { keys } from '#adapters/dynamodb/keys.ts';
import { readItem } from '#adapters/dynamodb/promotion-lock.ts';
import { beginsWith, queryAll } from '#adapters/dynamodb/table.ts';
import { documentKeys } from '#core/documents/ports.ts';
import type { StoryEvent } from '#core/events/event.ts';
import { objectKey } from '#core/kubernetes/object.ts';
import { isEnded, type Outcome, type Promotion } from '#core/promotions/promotion.ts';
import type { RenderedRelease } from '#core/rendering/rendered-release.ts';
import type { ChaosApp } from './chaos-app.ts';
import { type ClusterState, readState, says } from './cluster-state.ts';
import type { ChaosPlan } from './plan.ts';

interface Aftermath {
  readonly app: ChaosApp;
  readonly plan: ChaosPlan;
  readonly promotion: string;
  readonly release: string;
  /** The release that was active before, or nothing. */
  readonly previous: string;
  readonly wasCancelled: boolean;
}

const shownAtEnd: Readonly<Record<Outcome, string>> = {
  Promoted: 'Running',
  RolledBack: 'Reverted',
  Reverted: 'Reverted',
  Refused: 'Error',
  Degraded: 'Failure',
};

/** Everything that must hold after a promotion, whatever happened during it; what does not, in words. */
export const brokenInvariants = async (after: Aftermath): Promise<readonly string[]> => {
  const rack = after.app.rack();
  const promotion = await rack.promotions.find(after.app.name, after.promotion);
  if (!promotion || !isEnded(promotion)) return [`no recorded end: ${promotion?.status}`];
  const app = await rack.apps.find(after.app.name);
  const outcome = promotion.status as Outcome;
  const active = outcome === 'Promoted' ? after.release : after.previous;
  return [
    ...wrongEnd(after, promotion),
    ...((app?.active ?? '') === active ? [] : [`active is ${app?.active}, not ${active}`]),
    ...(app?.promotion || app?.queued ? [`the app is still held by ${app.promotion}`] : []),
    ...(await lockTaken(after)),
    ...(await brokenStory(after, outcome)),
    ...(outcome === 'Degraded' ? [] : await strayObjects(after, active)),
    ...(await lackingEvidence(after, promotion)),
  ];
};

/** What a person would expect of this release, were there no faults. */
const wrongEnd = (
  { plan, previous, wasCancelled }: Aftermath,
  { status, reason, cause }: Promotion
): readonly string[] => {
  const bad = previous ? 'RolledBack' : 'Reverted';
  const expected = new Set<string>([plan.release === 'good' ? 'Promoted' : bad]);
  if (wasCancelled) for (const it of [bad, 'Refused']) expected.add(it);
  return expected.has(status)
    ? []
    : [`a ${plan.release} release ended ${status}: ${reason} ${cause}`];
};

const lockTaken = async ({ app }: Aftermath): Promise<readonly string[]> => {
  const lock = await readItem(app.rack().table, keys.lock(app.name));
  const held = ['promotion', 'queued', 'lease', 'cancel', 'activated'].filter((it) => lock?.[it]);
  return held.length === 0 ? [] : [`the lock still has ${held.join(', ')}`];
};

const brokenStory = async (
  { app, promotion }: Aftermath,
  outcome: Outcome
): Promise<readonly string[]> => {
  const query = beginsWith(keys.partition(app.name), `EVENT#${promotion}#`);
  const events = (await queryAll(app.rack().table, query)) as unknown as readonly StoryEvent[];
  const hole = events.findIndex(({ sequence }, at) => sequence !== at + 1);
  const changes = events.flatMap(({ text }) => /Status: (\w+) => (\w+)$/.exec(text) ?? []);
  const steps = events.flatMap(({ text }) => {
    const found = /Status: (\w+) => (\w+)$/.exec(text);
    return found ? [[found[1], found[2]] as const] : [];
  });
  const jump = steps.find(([from], at) => at > 0 && steps[at - 1]?.[1] !== from);
  return [
    ...(hole === -1 ? [] : [`the story has a hole or a double at ${hole + 1}`]),
    ...(changes.length > 0 && jump ? [`the story jumps: ${steps.join(' | ')}`] : []),
    ...(steps.at(-1)?.[1] === shownAtEnd[outcome] ? [] : [`the story ends ${steps.at(-1)}`]),
  ];
};

const strayObjects = async (
  { app, previous }: Aftermath,
  active: string
): Promise<readonly string[]> => {
  const { documents, cluster } = app.rack();
  const live = await readState(cluster, app.namespace);
  const rendered = active ? await renderedOf(documents, app.name, active) : undefined;
  const before = previous ? await renderedOf(documents, app.name, previous) : undefined;
  return [...missingOf(live, rendered), ...leftoversOf(live, rendered, before)];
};

const renderedOf = async (
  documents: { read(key: string): Promise<unknown> },
  app: string,
  release: string
): Promise<RenderedRelease> =>
  (await documents.read(documentKeys.rendered(app, release))) as RenderedRelease;

const missingOf = (live: ClusterState, rendered: RenderedRelease | undefined): readonly string[] =>
  (rendered?.objects ?? []).flatMap((object) => {
    if (object.kind === 'Namespace') return [];
    const found = live.get(objectKey(object));
    if (!found) return [`${objectKey(object)} is missing`];
    return says(found['spec'] ?? {}, object['spec'] ?? {})
      ? []
      : [`${objectKey(object)} is not as rendered: ${JSON.stringify(found['spec'])}`];
  });

/** Secrets of the release before stay for a rollback. */
const leftoversOf = (
  live: ClusterState,
  rendered: RenderedRelease | undefined,
  before: RenderedRelease | undefined
): readonly string[] => {
  const secrets = (before?.objects ?? []).filter((it) => it.kind === 'Secret');
  const keep = new Set([...(rendered?.objects ?? []), ...secrets].map(objectKey));
  return [...live.keys()].filter((it) => !keep.has(it)).map((it) => `${it} is left over`);
};

const lackingEvidence = async (
  { app, promotion }: Aftermath,
  { status, reason }: Promotion
): Promise<readonly string[]> => {
  if (status === 'Promoted' || status === 'Refused') return [];
  const wrong = reason ? [] : ['no reason was recorded'];
  const kept = await app.rack().documents.read(documentKeys.evidence(app.name, promotion));
  return kept ? wrong : [...wrong, 'no evidence was kept'];
};
