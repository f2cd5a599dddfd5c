import { promoteRelease } from '#contracts/releases.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { followPromotion } from './follow-promotion.ts';
import { attachCommand, withDoubt } from './way-back.ts';

/** Starts a promotion and stays with it until it has ended. Throws unless the release is active then. */
export const promoteAndFollow = async (
  context: Context,
  { release, force }: { release: string; force: boolean }
): Promise<void> => {
  const { call, out, app } = context;
  if (!release) throw new CliError('NoRelease', 'no release to promote');
  out.print(`Promoting ${release}... `);
  const promotion = await call(promoteRelease, { app: app(), id: release, force }).catch(
    (error: unknown) => {
      throw withDoubt(error, attachCommand(release, app()));
    }
  );
  out.record({ type: 'promotion', promotion });
  await followPromotion(context, promotion);
};
