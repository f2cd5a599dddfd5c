import { expect, test } from '@jest/globals';
import type { Policy } from '#core/manifests/policy.ts';
import { aManifest, errorOf, parsed, problemsOf } from '../parsed.ts';

const POLICIES: readonly Policy[] = ['restricted', 'baseline', 'privileged'];

/** The policies under which a setting is refused by policy. */
const refusedUnder = (setting: string): readonly Policy[] =>
  POLICIES.filter((policy) => {
    try {
      parsed(aManifest(setting), { policy });
      return false;
    } catch {
      return problemsOf(aManifest(setting), { policy }).some((it) =>
        it.endsWith(`is not allowed by the app's policy ${policy}`)
      );
    }
  });

test.each([
  ['privileged: true', ['restricted', 'baseline']],
  ['securityContext: {privileged: true}', ['restricted', 'baseline']],
  ['securityContext: {seccompProfile: Unconfined}', ['restricted', 'baseline']],
  ['securityContext: {capabilities: {add: [SYS_ADMIN]}}', ['restricted', 'baseline']],
  ['securityContext: {capabilities: {add: [CHOWN]}}', ['restricted']],
  ['securityContext: {runAsUser: 0}', ['restricted']],
  ['securityContext: {runAsNonRoot: false}', ['restricted']],
  ['securityContext: {allowPrivilegeEscalation: true}', ['restricted']],
  ['hostNetwork: true', ['restricted', 'baseline']],
  ['hostUsers: true', ['restricted', 'baseline']],
  ['volumes: ["/var/run/docker.sock:/docker.sock"]', ['restricted', 'baseline']],
  ['privileged: false', []],
  ['securityContext: {capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}}', []],
  ['securityContext: {runAsUser: 1000, runAsNonRoot: true, seccompProfile: RuntimeDefault}', []],
])('%s is refused under %j', (setting, policies) => {
  expect(refusedUnder(setting)).toEqual(policies);
});

test('names the key, the policy and the way out', () => {
  expect(errorOf(aManifest('privileged: true'))).toMatchObject({
    message:
      "service web: privileged is not allowed by the app's policy restricted (line 3, column 17)",
    hint: 'leave it out, or have an admin give the app a wider policy',
    problems: [{ path: 'services.web.privileged' }],
  });
});

test('a variable can not smuggle a setting past the policy', () => {
  const text = aManifest(`privileged: \${P}`, `securityContext: {runAsUser: \${U}}`);

  expect(problemsOf(text, { env: { P: 'true', U: '0' } })).toEqual([
    "service web: privileged is not allowed by the app's policy restricted",
    "service web: securityContext.runAsUser: 0 is not allowed by the app's policy restricted",
  ]);
});

test('nor can a merge key', () => {
  const text = `x-root: &root {securityContext: {runAsUser: 0}}\n${aManifest('<<: *root')}`;

  expect(problemsOf(text)).toHaveLength(1);
});

test('hands the settings on as they are', () => {
  const text = aManifest(
    'privileged: true',
    'securityContext:',
    '  runAsUser: 0',
    '  runAsGroup: 5',
    '  readOnlyRootFilesystem: true',
    '  capabilities: {add: [SYS_PTRACE], drop: [ALL]}'
  );

  expect(parsed(text, { policy: 'privileged' }).services[0]).toMatchObject({
    privileged: true,
    securityContext: {
      runAsUser: 0,
      runAsGroup: 5,
      readOnlyRootFilesystem: true,
      runAsNonRoot: undefined,
      capabilities: { add: ['SYS_PTRACE'], drop: ['ALL'] },
    },
  });
});

test.each([
  [
    '{seccompProfile: Runitme}',
    'service web: securityContext.seccompProfile: "Runitme" is not a supported value; allowed: RuntimeDefault, Unconfined',
  ],
  [
    '{runAsNonRoot: true, runAsUser: 0}',
    'service web: securityContext: runAsNonRoot=true is incompatible with runAsUser=0',
  ],
  [
    '{capabilities: {drop: [CAP_CHOWN]}}',
    'service web: securityContext.capabilities.drop: "CAP_CHOWN" must not include CAP_ prefix (use "CHOWN")',
  ],
  [
    '{capabilities: {drop: [all]}}',
    'service web: securityContext.capabilities.drop: "all" is not a capability',
  ],
])('refuses securityContext: %s', (setting, message) => {
  expect(problemsOf(aManifest(`securityContext: ${setting}`), { policy: 'privileged' })).toEqual([
    message,
  ]);
});
