import { promoteRelease } from '#contracts/releases.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { followPromotion } from './follow-promotion.ts';
import type { HowToPromote } from './how-to-promote.ts';
import { attachCommand, withDoubt } from './way-back.ts';

/** Starts a promotion and stays with it until it has ended. Throws unless the release is active then. */
export const promoteAndFollow = async (
  context: Context,
  release: string,
  how: HowToPromote
): Promise<void> => {
  const { call, out, app } = context;
  if (!release) throw new CliError('NoRelease', 'no release to promote');
  out.print(`Promoting ${release}... `);
  const request = { app: app(), id: release, ...how };
  const promotion = await call(promoteRelease, request).catch((error: unknown) => {
    throw withDoubt(error, attachCommand(release, app()));
  });
  out.record({ type: 'promotion', promotion });
  await followPromotion(context, promotion);
};
