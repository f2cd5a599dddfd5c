import { expect, test } from '@jest/globals';
import { aManifest, problemsOf, service } from '../parsed.ts';

test.each([
  ['port: 3000', 3000, 'http'],
  ['port: "3000"', 3000, 'http'],
  ['port: https:3000', 3000, 'https'],
  ['port: GRPC:50051', 50051, 'grpc'],
  ['port: {port: 3000}', 3000, 'http'],
  ['port: {port: 3000, scheme: https}', 3000, 'https'],
  ['port: {port: "https:3000"}', 3000, 'https'],
])('reads %j', (setting, port, scheme) => {
  expect(service(setting).port).toEqual({ port, scheme });
});

test.each([
  ['port: abc', 'invalid port: abc'],
  ['port: 0', 'invalid port: 0'],
  ['port: 65536', 'invalid port: 65536'],
  ['port: -1', 'invalid port: -1'],
  ['port: 10:30', 'invalid port: 10:30'],
  ['port: a:b:1', 'invalid port: a:b:1'],
  ['port: true', 'invalid port: true'],
  ['port: 1.5', 'invalid port: 1.5'],
  ['port: [1]', 'invalid port: list'],
  ['port: {scheme: http}', 'could not parse port: it has no number'],
])('refuses %j', (setting, message) => {
  expect(problemsOf(aManifest(setting))).toContain(message);
});
