import { expect, test } from '@jest/globals';
import { aManifest, problemsOf, service } from '../parsed.ts';

test.each([
  ['health: /check', { path: '/check', interval: 5, timeout: 4, grace: 5 }],
  ['health: check', { path: '/check' }],
  ['health: {interval: 10}', { path: '/', interval: 10, timeout: 9, grace: 10 }],
  ['health: {interval: 1}', { interval: 1, timeout: 1, grace: 1 }],
  ['health: {interval: 0, timeout: 0, grace: 0}', { interval: 5, timeout: 4, grace: 5 }],
  ['health: {grace: 60, timeout: 3}', { interval: 5, timeout: 3, grace: 60 }],
  ['health: {disable: true}', { disabled: true }],
  ['health: {port: 9000}', { port: { port: 9000, scheme: 'http' } }],
])('reads %j', (setting, health) => {
  expect(service(setting).health).toMatchObject(health);
});

test('gives a liveness probe its defaults', () => {
  expect(service('liveness: {path: /live, timeout: 2}').liveness).toEqual({
    path: '/live',
    port: undefined,
    grace: 10,
    interval: 5,
    timeout: 2,
    successThreshold: 1,
    failureThreshold: 3,
  });
});

test('takes the missing numbers of a startup probe from the liveness probe', () => {
  const web = service(
    'liveness: {path: /live, interval: 7}',
    'startupProbe: {tcpSocketPort: 80, failureThreshold: 60}'
  );

  expect(web.startupProbe).toEqual({
    kind: 'tcp',
    port: 80,
    grace: 10,
    interval: 7,
    timeout: 5,
    successThreshold: 1,
    failureThreshold: 60,
  });
});

test('gives a startup probe the numbers of Kubernetes when there is no liveness probe', () => {
  expect(service('startupProbe: {path: /up}').startupProbe).toEqual({
    kind: 'http',
    path: '/up',
    grace: 0,
    interval: 10,
    timeout: 1,
    successThreshold: 1,
    failureThreshold: 3,
  });
});

test.each([
  ['health: [1]', 'unknown type for service health: list'],
  ['health: false', 'unknown type for service health: bool'],
  ['health: {interval: soon}', 'unknown type for service health interval: string'],
  ['health: {disable: 1}', 'unknown type for service health disable: int'],
  ['health: {grace: -1}', 'service web: health.grace must be >= 0'],
  ['liveness: {grace: 1}', 'service web: liveness.path is required'],
  [
    'liveness: {path: /, successThreshold: 2}',
    'service web: liveness.successThreshold must be <= 1',
  ],
  ['startupProbe: {grace: 1}', 'service web: startupProbe.path or tcpSocketPort is required'],
  ['startupProbe: 1', 'unknown type for service startupProbe: int'],
])('refuses %j', (setting, message) => {
  expect(problemsOf(aManifest(setting))).toEqual([message]);
});
