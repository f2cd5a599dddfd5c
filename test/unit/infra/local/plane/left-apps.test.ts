import { expect, test } from '@jest/globals';
import { adviceFor } from '#infra/local/plane/left-apps.ts';

test('names each namespace with the commands that remove it or take it up again', () => {
  const advice = adviceFor([{ app: 'shop', namespace: 'local-shop' }], '/my home/kubeconfig');

  expect(advice).toEqual([
    'these namespaces still run apps that the rack no longer knows:',
    '  local-shop',
    '    take it up again: rackless apps adopt shop, then deploy it: its images are lost',
    "    or remove it:     kubectl --kubeconfig '/my home/kubeconfig' delete namespace local-shop",
  ]);
});

test('says so when nothing is left', () => {
  expect(adviceFor([], 'kubeconfig')).toEqual(['no namespace of an app is left in the cluster']);
});
