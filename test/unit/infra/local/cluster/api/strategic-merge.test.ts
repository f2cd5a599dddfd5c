import { expect, test } from '@jest/globals';
import { strategicMerge } from '#infra/local/cluster/api/patch/strategic-merge.ts';
import { modelShape } from '#infra/local/cluster/api/schema/shape.ts';

const spec = modelShape('V1PodSpec');
const containers = [
  { name: 'web', image: 'a:1', args: ['x'] },
  { name: 'side', image: 'b:1' },
];

test('items of keyed lists merge by their key', () => {
  const merged = strategicMerge(
    { containers },
    { containers: [{ name: 'side', image: 'b:2' }] },
    spec
  );

  expect(merged['containers']).toEqual([containers[0], { name: 'side', image: 'b:2' }]);
});

test('lists without keys are replaced', () => {
  const merged = strategicMerge(
    { containers },
    { containers: [{ name: 'web', args: ['y', 'z'] }] },
    spec
  );

  expect(merged['containers']).toEqual([
    { name: 'web', image: 'a:1', args: ['y', 'z'] },
    containers[1],
  ]);
});

test('$patch: delete takes an item out and $setElementOrder orders the rest', () => {
  const removed = strategicMerge(
    { containers },
    { containers: [{ name: 'web', $patch: 'delete' }] },
    spec
  );
  const ordered = strategicMerge(
    { containers },
    { '$setElementOrder/containers': [{ name: 'side' }, { name: 'web' }] },
    spec
  );

  expect(removed['containers']).toEqual([containers[1]]);
  expect(ordered['containers']).toEqual([containers[1], containers[0]]);
});

test('$retainKeys drops what it does not name', () => {
  const merged = strategicMerge(
    { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
    { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
    modelShape('V1DeploymentSpec')
  );

  expect(merged['strategy']).toEqual({ type: 'Recreate' });
});

test('an item without its key is refused', () => {
  expect(() => strategicMerge({ containers }, { containers: [{ image: 'x' }] }, spec)).toThrow(
    'does not contain declared merge key: name'
  );
});
