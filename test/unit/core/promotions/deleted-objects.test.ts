import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

const remove = async (kind: string, name = 'web') => bed.cluster.remove(await bed.live(kind, name));

/** Promotes `image` over a good release; `act` is called each time the state is entered. */
const promoteWhile = async (image: string, state: string, act: (visit: number) => unknown) => {
  await bed.promote({ images: { web: 'good-1' } });
  const before = await bed.objects();
  const promotion = await bed.begin(await bed.release({ images: { web: image } }));
  let visits = 0;
  const { end, path } = await bed.execute(promotion, {
    visit: async (it) => {
      if (it !== state) return;
      visits += 1;
      await act(visits);
    },
  });
  await bed.pass(2_000);
  return { before, end, path, promotion: bed.promotion(promotion.id) };
};

test.each(['Service', 'Deployment'])(
  'a %s that is deleted while the release is watched is put back',
  async (kind) => {
    const { end, path, promotion } = await promoteWhile('good-2', 'Watch', (visit) =>
      visit === 1 ? remove(kind) : undefined
    );

    expect(end).toBe('Promoted');
    expect(path.filter((it) => it === 'Apply')).toHaveLength(2);
    expect(await bed.live(kind, 'web')).toBeDefined();
    expect(bed.story(promotion.id)).toContain(
      `system/rackless/watch deleted by somebody, put back: ${kind}/web`
    );
  }
);

test.each(['Service', 'Deployment'])(
  'a %s that is deleted during the rollback is put back as well',
  async (kind) => {
    const { end, before } = await promoteWhile('crash', 'WatchRollback', (visit) =>
      visit === 1 ? remove(kind) : undefined
    );

    expect(end).toBe('RolledBack');
    expect(new Set(Object.keys(await bed.objects()))).toEqual(new Set(Object.keys(before)));
  }
);

test('who deletes it again and again is the reason of a rollback', async () => {
  const { end, promotion } = await promoteWhile('good-2', 'Watch', () => remove('Service'));

  expect(end).toBe('RolledBack');
  expect(promotion).toMatchObject({
    reason: 'ObjectsDeleted',
    cause: 'Service/web deleted by somebody, more than 3 times',
  });
  expect(await bed.live('Service', 'web')).toBeDefined();
});

test('and of a degraded app when it is the rollback that is worked against', async () => {
  const { end, promotion } = await promoteWhile('crash', 'WatchRollback', () => remove('Service'));

  expect(end).toBe('Degraded');
  expect(promotion.cause).toContain('Service/web deleted by somebody, more than 3 times');
});

test('a namespace that goes while the release is watched is made again with all that is in it', async () => {
  const { end, before } = await promoteWhile('good-2', 'Watch', async (visit) => {
    if (visit > 1) return;
    const namespace = await bed.cluster.get('Namespace', undefined, 'atom-shop');
    if (namespace) await bed.cluster.remove(namespace);
  });

  expect(end).toBe('Promoted');
  expect(Object.keys(await bed.objects())).toEqual(
    expect.arrayContaining(Object.keys(before).filter((it) => !it.startsWith('Secret/')))
  );
});
