import { createUpload, type Upload } from '#contracts/objects.ts';
import type { Context } from '../context.ts';
import { CliError, InterruptedError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Archive } from './pack.ts';

const tries = 4;
const firstPause = 500;

/** Brings an archive to the rack, unless it is there already. Returns its object address. */
export const upload = async (context: Context, archive: Archive): Promise<string> => {
  const { call, out, app } = context;
  out.step('Uploading source');
  const { sha256, size } = archive;
  const target = await call(createUpload, { app: app(), sha256, size });
  if (target.exists) {
    out.done('unchanged');
    return target.object;
  }
  await put(context, archive.file, target);
  out.done();
  return target.object;
};

const put = async ({ host }: Context, file: string, target: Upload): Promise<void> => {
  for (let attempt = 1; attempt < tries; attempt += 1) {
    if (await succeeds(host, putOnce(host, file, target))) return;
    await host.clock.sleep(firstPause * 2 ** (attempt - 1));
  }
  await putOnce(host, file, target).catch((cause: unknown) => {
    throw asFailure(cause);
  });
};

/** False when it is worth another try. */
const succeeds = async ({ signal }: Host, attempt: Promise<void>): Promise<boolean> => {
  try {
    await attempt;
    return true;
  } catch (cause) {
    if (signal.aborted) throw new InterruptedError('interrupted', { cause });
    if (cause instanceof CliError) throw cause;
    return false;
  }
};

/** Throws a CliError when the store said no, and anything else when it is worth another try. */
const putOnce = async (host: Host, file: string, { url, headers = {} }: Upload): Promise<void> => {
  if (!url) throw failed('the rack gave no address for it');
  const { status, text } = await host.put(url, file, headers);
  if (status >= 200 && status < 300) return;
  if (status >= 500 || status === 429) throw new Error(`status ${status}`);
  throw failed(`the store refused it with status ${status}${codeIn(text)}`);
};

/** S3 answers in XML; its error code is all that helps here. */
const codeIn = (answer: string): string => {
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(answer)?.[1];
  return code ? `, ${code}` : '';
};

const asFailure = (error: unknown): CliError => {
  if (error instanceof CliError) return error;
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return failed(inner instanceof Error ? inner.message : String(inner), error);
};

const failed = (why: string, cause?: unknown): CliError =>
  new CliError('UploadFailed', `upload failed: ${why}`, {
    hint: 'run the command again; nothing was changed',
    cause,
  });
