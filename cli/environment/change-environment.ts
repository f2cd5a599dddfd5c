import { changeEnvironment } from '#contracts/releases.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { Options } from '../options.ts';
import { howToPromote } from '../promotion/how-to-promote.ts';
import { promoteAndFollow } from '../promotion/promote-and-follow.ts';
import type { Variables } from './variables.ts';

export interface Change {
  readonly set?: Variables;
  readonly unset?: readonly string[];
  readonly replace?: boolean;
  /** The release that the person saw: the rack refuses the change if there is a newer one. */
  readonly basedOn?: string | undefined;
}

/** Makes a release with other variables, and promotes it when asked to. The rack does the merging. */
export const changeAndPromote = async (
  context: Context,
  { set = new Map(), unset = [], replace = false, basedOn }: Change,
  options: Options
): Promise<void> => {
  const { call, out, app } = context;
  const how = howToPromote(options);
  refuseMasks(set);
  out.step(title(set, unset));
  const release = await call(changeEnvironment, {
    app: app(),
    set: Object.fromEntries(set),
    unset: [...unset],
    replace,
    ...(options.release && { release: options.release }),
    ...(basedOn && { 'based-on': basedOn }),
  });
  out.done();
  out.print(`Release: ${release.id}`);
  // The environment of the new release does not belong into a log of the command.
  const answer = { release: release.id, build: release.build, description: release.description };
  if (options.promote) {
    out.record({ type: 'release', ...answer });
    await promoteAndFollow(context, release.id, how);
  } else {
    out.result(answer);
  }
  out.id(release.id);
};

const title = (set: Variables, unset: readonly string[]): string => {
  const setting = set.size > 0 ? `Setting ${[...set.keys()].join(', ')}` : '';
  const unsetting = unset.length > 0 ? `Unsetting ${unset.join(', ')}` : '';
  return [setting, unsetting].filter(Boolean).join(', ') || 'Setting environment';
};

/** `****` is what some clients show in place of a value. Setting it would wipe the value itself. */
const refuseMasks = (set: Variables): void => {
  const masked = [...set].filter(([, value]) => /^\*{4,}$/.test(value)).map(([key]) => key);
  if (masked.length === 0) return;
  throw new CliError('MaskedValue', `refusing to set a mask as a value: ${masked.join(', ')}`, {
    hint: 'give the real value, or leave the variable out to keep it as it is',
  });
};
