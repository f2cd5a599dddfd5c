import { expect, test } from '@jest/globals';
import { securityContext } from '#core/rendering/security-context.ts';
import { service } from '../manifests/parsed.ts';

test('the restricted policy holds where the manifest says nothing', () => {
  expect(securityContext(service('build: .'), 'restricted')).toEqual({
    allowPrivilegeEscalation: false,
    seccompProfile: { type: 'RuntimeDefault' },
  });
});

test('other policies add nothing by themselves', () => {
  expect(securityContext(service('build: .'), 'baseline')).toEqual({});
});
