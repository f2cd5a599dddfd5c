import { CliError } from '../errors.ts';

interface Failed {
  readonly id: string;
  /** Empty when the rack does not know. */
  readonly reason: string;
}

const ofBuild = { code: 'BuildFailed', detail: 'build failed' };

/** A build that has failed. The last line is Convox's; what went wrong comes in the lines before it. */
export const buildFailure = (
  { id, reason }: Failed,
  app: string,
  { code, detail } = ofBuild
): CliError => {
  const look = `rackless builds logs ${id} -a ${app}`;
  const story = [...(reason ? [reason] : []), `Log: ${look}`];
  return new CliError(code, detail, { story, hint: look });
};
