import { byText, type Environment } from '../environments/environment.ts';
import { levels } from './fields/levels.ts';
import { MapReader, type Reading } from './fields/map-reader.ts';
import { readLabels } from './fields/read-labels.ts';
import { type Inherited, readService } from './fields/read-service.ts';
import { readVariables } from './fields/read-variables.ts';
import { serviceNameProblem } from './fields/service-name.ts';
import type { Manifest, Service } from './manifest.ts';
import type { Policy } from './policy.ts';
import type { Position, Problem } from './problem.ts';
import { Problems } from './problems.ts';
import { missingVariables } from './resolve-environment.ts';
import { readYaml, type YamlFile } from './yaml/read-yaml.ts';
import type { MapEntry, MapValue } from './yaml/value.ts';

/** Each gets a copy of what is inherited. */
const MAX_SERVICES = 300;

export interface ParseOptions {
  /** The release's environment; without it, required variables are not checked and `${NAME}` is empty. */
  readonly env?: Environment;
  readonly policy?: Policy;
  /** What happens to unknown keys. The file may say so itself: `manifest: {unknown: warn}`. */
  readonly unknown?: 'refuse' | 'warn';
}

/**
 * Reads a convox.yml, as far as it is supported, with every default filled in.
 * @throws ManifestError with everything that is wrong, each with its line and column.
 */
export const parseManifest = (text: string, options: ParseOptions = {}): Manifest => {
  const problems = new Problems();
  const file = readYaml({ text, env: options.env, problems });
  const root = new MapReader(
    file.root,
    { level: levels.root, path: [], ignored: extensions(file) },
    {
      problems,
      policy: options.policy ?? 'restricted',
      unknown: readUnknown(file.root, options),
    }
  );
  checkOptions(root);
  const services = readServices(root);
  problems.throwIfAny(options.env && requiredEnv(services, options.env, root.position('services')));
  return { services, warnings: problems.warnings };
};

/** `x-…`, as compose files have it, and keys that only hold anchors for others. */
const extensions = ({ root, templates }: YamlFile): ReadonlySet<string> =>
  new Set([...templates, ...[...root.entries.keys()].filter((key) => key.startsWith('x-'))]);

/** Looked up before the first reader exists, since it decides what readers do. */
const readUnknown = (root: MapValue, { unknown }: ParseOptions): Reading['unknown'] => {
  const options = root.entries.get('manifest')?.value;
  const own = options?.kind === 'map' ? options.entries.get('unknown')?.value : undefined;
  return own?.kind === 'scalar' && own.text === 'warn' ? 'warn' : (unknown ?? 'refuse');
};

const checkOptions = (root: MapReader): void => {
  const options = root.map('manifest', levels.options);
  const unknown = options?.text('unknown');
  if (unknown && unknown !== 'warn' && unknown !== 'refuse') {
    options?.refuse('unknown', `manifest.unknown must be warn or refuse, not ${unknown}`);
  }
};

const readServices = (root: MapReader): readonly Service[] => {
  const inherited: Inherited = { environment: readVariables(root), labels: readLabels(root) };
  const map = servicesOf(root);
  if (!map) return [];
  const services = root.reader('services', map, { ...anyKey(map), noun: 'services' });
  return [...map.entries].flatMap(([name, entry]) => read(services, name, { entry, inherited }));
};

/** No services would mean that promoting takes the whole app away, and is always a mistake. */
const servicesOf = (root: MapReader): MapValue | undefined => {
  const value = root.get('services');
  if (value && value.kind !== 'map') return root.wrongType('services', value);
  if (!value?.entries.size) return root.refuse('services', 'manifest has no services');
  if (value.entries.size <= MAX_SERVICES) return value;
  return root.refuse('services', `manifest has more than ${MAX_SERVICES} services`);
};

const anyKey = (map: MapValue) => ({ keys: [...map.entries.keys()], notYet: [] });

const read = (
  services: MapReader,
  name: string,
  { entry, inherited }: { readonly entry: MapEntry; readonly inherited: Inherited }
): readonly Service[] => {
  const problem = serviceNameProblem(name);
  if (problem) services.invalid(name, problem, entry.at);
  const value = services.get(name) ?? { kind: 'map', entries: new Map(), at: entry.at };
  if (value.kind === 'map') {
    return [readService(services.reader(name, value, levels.service), name, inherited)];
  }
  services.refuse(name, `service ${name} must be a map of its settings`);
  return [];
};

/** All that is missing in one line, as Convox words it for one service. */
const requiredEnv = (
  services: readonly Service[],
  env: Environment,
  at: Position
): Problem | undefined => {
  const names = new Set(services.flatMap((service) => missingVariables(service, env)));
  if (names.size === 0) return undefined;
  return { message: `required env: ${[...names].toSorted(byText).join(', ')}`, ...at };
};
