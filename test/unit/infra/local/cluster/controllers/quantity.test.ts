import { expect, test } from '@jest/globals';
import { parseQuantity, podRequest } from '#infra/local/cluster/controllers/quantity.ts';

test.each([
  ['250m', 0.25],
  ['2', 2],
  ['1Gi', 2 ** 30],
  ['1.5k', 1500],
  ['1e3', 1000],
  ['nonsense', 0],
])('%s is %d', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

test('a pod asks for its containers together, or for its greediest init container', () => {
  const container = (cpu: string) => ({ name: 'x', image: 'x', resources: { requests: { cpu } } });
  const pod = (init: string) => ({
    spec: { containers: [container('1'), container('500m')], initContainers: [container(init)] },
  });

  expect(podRequest(pod('1'), 'cpu')).toBe(1.5);
  expect(podRequest(pod('2'), 'cpu')).toBe(2);
});
