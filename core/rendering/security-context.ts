import type { Policy } from '../apps/app.ts';
import type { Service } from '../manifests/manifest.ts';

/**
 * The container's securityContext: what the manifest asks for, over what the policy demands.
 * `runAsNonRoot` is not demanded, although Pod Security's own `restricted` profile does: most images
 * that people have start as root and would never run.
 */
export const securityContext = (service: Service, policy: Policy): object => {
  const { capabilities, seccompProfile, ...asked } = service.securityContext;
  return {
    ...(policy === 'restricted' && { allowPrivilegeEscalation: false }),
    ...(service.privileged && { privileged: true }),
    ...onlyGiven(asked),
    ...(capabilities.add.length + capabilities.drop.length > 0 && { capabilities }),
    ...seccomp(seccompProfile, policy),
  };
};

/** A key that the manifest leaves out must not undo the policy's own. */
const onlyGiven = (asked: object): object =>
  Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));

const seccomp = (profile: string | undefined, policy: Policy): object => {
  const type = profile ?? (policy === 'restricted' ? 'RuntimeDefault' : undefined);
  return type ? { seccompProfile: { type } } : {};
};

/** Pod Security admission of the namespace. `baseline` is what `restricted` can enforce; see above. */
export const podSecurityLabels = (policy: Policy): Readonly<Record<string, string>> => ({
  'pod-security.kubernetes.io/enforce': policy === 'privileged' ? 'privileged' : 'baseline',
  ...(policy === 'restricted' && { 'pod-security.kubernetes.io/warn': 'restricted' }),
});
