import { relative } from 'node:path/posix';
import { type IgnoreRules, ignoreRules } from './ignore-rules.ts';
import { ignoreFileOf, type NeededBuild } from './needed-files.ts';
import { readSetting } from './read-setting.ts';

/**
 * What stays out of a source's archive: what no build of it may see. A build goes by the
 * `NAME.dockerignore` beside its Dockerfile if there is one, and by the source's .dockerignore if not.
 */
export const sourceRules = (folder: string, builds: readonly NeededBuild[]): IgnoreRules => {
  const general = readRules(folder, '.dockerignore') ?? ignoreRules('');
  const own = builds.map((build) => ownRules(folder, build));
  const specific = own.filter((it) => it !== undefined);
  const needsGeneral = specific.length < own.length || own.length === 0;
  return seenByAny(needsGeneral ? [general, ...specific] : specific);
};

const ownRules = (folder: string, build: NeededBuild): IgnoreRules | undefined => {
  const rules = readRules(folder, ignoreFileOf(build));
  return rules && below(build.path, rules);
};

const readRules = (folder: string, name: string): IgnoreRules | undefined => {
  const text = readSetting(folder, name);
  return text === undefined ? undefined : ignoreRules(text, name);
};

/** Rules that stand relative to a folder of the source, outside of which the build sees nothing. */
const below = (path: string, rules: IgnoreRules): IgnoreRules => {
  if (path === '.') return rules;
  const inside = (it: string): string | undefined =>
    `${it}/`.startsWith(`${path}/`) ? relative(path, it) : undefined;
  return {
    ignores: (it) => {
      const name = inside(it);
      return name === undefined || (name !== '' && rules.ignores(name));
    },
    mayReinclude: (folder) => {
      const name = inside(folder);
      return name === undefined ? `${path}/`.startsWith(`${folder}/`) : rules.mayReinclude(name);
    },
  };
};

const seenByAny = (all: readonly IgnoreRules[]): IgnoreRules => ({
  ignores: (path) => all.every((it) => it.ignores(path)),
  // A folder that one build ignores may be seen by another.
  mayReinclude: (folder) => all.some((it) => !it.ignores(folder) || it.mayReinclude(folder)),
});
