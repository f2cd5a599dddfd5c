import type { SecurityContext } from '../manifest.ts';
import { mayAddCapability, type Policy, reaches } from '../policy.ts';
import { levels } from './levels.ts';
import type { MapReader } from './map-reader.ts';
import { readTexts } from './read-build.ts';

export interface Security {
  readonly privileged: boolean;
  readonly securityContext: SecurityContext;
}

const NOTHING: SecurityContext = {
  allowPrivilegeEscalation: undefined,
  readOnlyRootFilesystem: undefined,
  runAsNonRoot: undefined,
  runAsUser: undefined,
  runAsGroup: undefined,
  seccompProfile: undefined,
  capabilities: { add: [], drop: [] },
};

/** Reads what a service asks of the kernel, and refuses what the app's policy does not give. */
export const readSecurity = (service: MapReader): Security => {
  forbidHostAccess(service);
  const direct = service.flag('privileged') ?? false;
  if (direct) forbidBelow(service, 'privileged', 'privileged');
  const context = service.map('securityContext', levels.securityContext);
  if (!context) return { privileged: direct, securityContext: NOTHING };
  const inContext = context.flag('privileged') ?? false;
  if (inContext) forbidBelow(context, 'privileged', 'privileged');
  return { privileged: direct || inContext, securityContext: readContext(context) };
};

const readContext = (context: MapReader): SecurityContext => {
  const read: SecurityContext = {
    allowPrivilegeEscalation: context.flag('allowPrivilegeEscalation'),
    readOnlyRootFilesystem: context.flag('readOnlyRootFilesystem'),
    runAsNonRoot: context.flag('runAsNonRoot'),
    runAsUser: context.whole('runAsUser'),
    runAsGroup: context.whole('runAsGroup'),
    seccompProfile: readSeccompProfile(context),
    capabilities: readCapabilities(context),
  };
  if (read.allowPrivilegeEscalation) forbidBelow(context, 'allowPrivilegeEscalation', 'baseline');
  if (read.runAsNonRoot === false) forbidBelow(context, 'runAsNonRoot', 'baseline');
  if (read.runAsUser === 0) forbidBelow(context, 'runAsUser', 'baseline');
  if (read.seccompProfile === 'Unconfined') forbidBelow(context, 'seccompProfile', 'privileged');
  if (read.runAsNonRoot && read.runAsUser === 0) {
    const clash = 'runAsNonRoot=true is incompatible with runAsUser=0';
    context.invalid(
      'runAsUser',
      `${context.label('runAsUser').replace('.runAsUser', '')}: ${clash}`
    );
  }
  return read;
};

const forbidBelow = (reader: MapReader, key: string, needed: Policy): void => {
  if (reaches(reader.reading.policy, needed)) return;
  const value = reader.text(key);
  reader.forbid(key, value === 'true' ? undefined : `${reader.field(key)}: ${value}`);
};

const readSeccompProfile = (context: MapReader): SecurityContext['seccompProfile'] => {
  const profile = context.text('seccompProfile');
  if (!profile) return undefined;
  if (profile === 'RuntimeDefault' || profile === 'Unconfined') return profile;
  const label = `${context.label('seccompProfile')}: "${profile}"`;
  const allowed = 'is not a supported value; allowed: RuntimeDefault, Unconfined';
  return context.invalid('seccompProfile', `${label} ${allowed}`);
};

const readCapabilities = (context: MapReader): SecurityContext['capabilities'] => {
  const capabilities = context.map('capabilities', levels.capabilities);
  if (!capabilities) return NOTHING.capabilities;
  const add = readNames(capabilities, 'add');
  for (const name of add) {
    if (!mayAddCapability(context.reading.policy, name)) {
      capabilities.forbid('add', `${capabilities.field('add')} ${name}`);
    }
  }
  return { add, drop: readNames(capabilities, 'drop') };
};

const readNames = (capabilities: MapReader, key: string): readonly string[] => {
  const names = readTexts(capabilities, key);
  for (const name of names) {
    const label = `${capabilities.label(key)}: "${name}"`;
    if (/^CAP_/i.test(name)) {
      capabilities.invalid(
        key,
        `${label} must not include CAP_ prefix (use "${name.slice(4).toUpperCase()}")`
      );
    } else if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
      capabilities.invalid(key, `${label} is not a capability`);
    }
  }
  return names;
};

/** None of these can be had yet, but who asks for the host is told about the policy first. */
const forbidHostAccess = (service: MapReader): void => {
  if (reaches(service.reading.policy, 'privileged')) return;
  for (const key of ['hostIPC', 'hostNetwork', 'hostPID', 'hostUsers']) {
    const value = service.get(key);
    if (value?.kind === 'scalar' && value.value === true) service.forbid(key);
  }
  forbidHostPaths(service);
};

/** `/host:/container`. */
const forbidHostPaths = (service: MapReader): void => {
  const volumes = service.get('volumes');
  for (const item of volumes?.kind === 'list' ? volumes.items : []) {
    if (item.kind === 'scalar' && /^\/[^:]*:/.test(item.text)) {
      service.forbid('volumes', `volumes ${item.text}`, item.at);
    }
  }
};
