import { expect, test } from '@jest/globals';
import { aManifest, parsed, problemsOf, service } from '../parsed.ts';

test.each([
  ['scale: 3', 3, 3],
  ['scale: 0', 0, 0],
  ['scale: "3"', 3, 3],
  ['scale: 1-5', 1, 5],
  ['scale: {count: 2}', 2, 2],
  ['scale: {count: 2-4}', 2, 4],
  ['scale: {count: {min: 1, max: 3}}', 1, 3],
  ['scale: {min: 3}', 3, 3],
  ['scale: {max: 5}', 1, 5],
  ['scale: {min: 2, max: 5}', 2, 5],
  ['scale: {cpu: 100}', 1, 1],
])('reads the count of %j', (setting, min, max) => {
  expect(service(setting).scale).toMatchObject({ min, max });
});

test.each([
  ['scale: {limit: {cpu: 1000, memory: 2048}}', 1000, 2048],
  ['scale: {cpu: 100, memory: 64, limit: {memory: 128}}', 100, 64],
  ['scale: {cpu: 0, memory: 0}', 250, 512],
])('reads the size of %j', (setting, cpu, memory) => {
  expect(service(setting).scale).toMatchObject({ cpu, memory });
});

test('says that a range does not scale by itself yet', () => {
  expect(parsed(aManifest('scale: 2-5')).warnings).toMatchObject([
    {
      message:
        'service web: scale gives a range; autoscaling is not supported yet, so it starts with 2',
    },
  ]);
});

test.each([
  ['scale: many', ['invalid scale: many']],
  ['scale: 1-2-3', ['invalid scale: 1-2-3']],
  ['scale: 3+', ['invalid scale: 3+']],
  ['scale: {count: [1]}', ['invalid scale: list']],
  ['scale: [1]', ['unknown type for service scale: list']],
  ['scale: true', ['unknown type for service scale: bool']],
  ['scale: 1.5', ['unknown type for service scale: float']],
  ['scale: -1', ['service web: scale.min must be >= 0', 'service web: scale.max must be >= 0']],
  ['scale: 5-1', ['service web: scale.max must be >= scale.min']],
  ['scale: {min: 5, max: 1}', ['service web: scale.max must be >= scale.min']],
  ['scale: 100000', ['service web: scale.max must be <= 10000']],
  ['scale: {cpu: 500, limit: {cpu: 250}}', ['cpu limit can not be less cpu request']],
  ['scale: {limit: {memory: 64}, memory: 65}', ['memory limit can not be less memory request']],
  ['scale: {cpu: -1}', ['service web: scale.cpu must be >= 0']],
  ['scale: {gpu: 1}', ['services.web.scale.gpu is not supported yet']],
])('refuses %j', (setting, messages) => {
  expect(problemsOf(aManifest(setting))).toEqual(messages);
});
