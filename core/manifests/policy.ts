/**
 * What an admin lets an app ask for, named as the Pod Security Standards: the app's namespace carries the label of the
 * same name, so anything let through here that the standard forbids would be refused by the cluster in mid-promotion.
 */
export type Policy = 'restricted' | 'baseline' | 'privileged';

const RESTRICTED_CAPABILITIES: readonly string[] = ['NET_BIND_SERVICE'];
const BASELINE_CAPABILITIES: readonly string[] = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD'],
  ...['NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

export const mayAddCapability = (policy: Policy, capability: string): boolean => {
  if (policy === 'privileged') return true;
  const allowed = policy === 'baseline' ? BASELINE_CAPABILITIES : RESTRICTED_CAPABILITIES;
  return allowed.includes(capability);
};

/** Whether `policy` gives at least the rights of `needed`. */
export const reaches = (policy: Policy, needed: Policy): boolean =>
  ORDER.indexOf(policy) >= ORDER.indexOf(needed);

const ORDER: readonly Policy[] = ['restricted', 'baseline', 'privileged'];
