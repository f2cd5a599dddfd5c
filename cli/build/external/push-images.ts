import { join } from 'node:path';
import { createGrant } from '#contracts/grants.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { staticNote } from '../../grants/static-note.ts';
import { explainPush } from './explain-push.ts';
import { linkContexts, type Repository, readRepository, writeLogin } from './login.ts';
import { BuilderFailure, type Workshop } from './workshop.ts';

export interface BuiltImage {
  /** The builder's own id of it. */
  readonly image: string;
  readonly services: readonly string[];
}

const tries = 3;

/**
 * Pushes each image under `SERVICE.BUILD` for each of its services, with a credential
 * that is asked for only now. Gives the digest of what was pushed by service.
 */
export const pushImages = async (
  context: Context,
  workshop: Workshop,
  { build, images }: { readonly build: string; readonly images: readonly BuiltImage[] }
): Promise<Readonly<Record<string, string>>> => {
  if (images.length === 0) return {};
  linkContexts(workshop.folder, context.host.env);
  const dockerContext = await currentContext(context, workshop);
  const logIn = async (): Promise<Repository> => {
    const grant = await context.call(createGrant, { app: context.app(), id: build });
    if (grant.static) context.out.note(staticNote);
    const repository = readRepository(grant.url);
    writeLogin(workshop.folder, repository, dockerContext);
    return repository;
  };
  const { name } = await logIn();
  const pushed = await Promise.all(
    images.map(({ image, services }) =>
      pushImage(
        context,
        workshop,
        services.map((service) => ({
          image,
          service,
          reference: `${name}:${service}.${build}`,
          logIn,
        }))
      )
    )
  );
  return Object.fromEntries(pushed.flat());
};

interface Target {
  readonly image: string;
  readonly service: string;
  readonly reference: string;
  readonly logIn: () => Promise<unknown>;
}

type Digests = readonly (readonly [service: string, digest: string])[];

/**
 * Images go side by side, the names of one after each other: its layers are there by the second. All are
 * given before the first goes, since another build may take the image's own name from it meanwhile.
 */
const pushImage = async (
  context: Context,
  workshop: Workshop,
  targets: readonly Target[]
): Promise<Digests> => {
  const digests: [service: string, digest: string][] = [];
  try {
    for (const { image, reference } of targets) await workshop.run(['tag', image, reference]);
    for (const target of targets) {
      digests.push([target.service, await pushPatiently(context, workshop, target)]);
    }
    return digests;
  } finally {
    for (const { reference } of targets) await workshop.runQuietly(['rmi', reference]);
  }
};

/** A push that outlasts its credential, or a line that breaks, goes on where it was: layers stay. */
const pushPatiently = async (
  { host }: Context,
  workshop: Workshop,
  target: Target
): Promise<string> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await push(workshop, target);
    } catch (error) {
      if (!(error instanceof CliError) || attempt === tries || host.signal.aborted) throw error;
      workshop.say(`Pushing again: ${target.reference}`);
      await host.clock.sleep(1000 * attempt);
      await target.logIn();
    }
  }
};

const push = async (workshop: Workshop, { service, reference }: Target): Promise<string> => {
  const { builder, folder } = workshop;
  const digestFile = `${service}.digest`;
  workshop.say(`Running: ${builder.name} push ${reference}`);
  const login = { reference, logins: folder, digestFile: join(folder, digestFile) };
  const lines = await workshop.run(builder.push(login)).catch((error: unknown) => {
    throw explained(error, reference);
  });
  return builder.name === 'docker' ? digestIn(lines, reference) : workshop.read(digestFile);
};

const explained = (error: unknown, reference: string): unknown => {
  const advice = error instanceof BuilderFailure && explainPush(error.lastLines);
  if (!advice) return error;
  const message = `${error.message}: ${advice.message}: ${reference}`;
  return new CliError(error.code, message, { hint: advice.hint, cause: error });
};

/** Docker's last line: `web.BABC: digest: sha256:… size: 1234`. */
const digestIn = (lines: readonly string[], reference: string): string => {
  const found = lines
    .map((line) => /digest: (sha256:[0-9a-f]{64})/.exec(line)?.[1])
    .findLast(Boolean);
  if (found) return found;
  throw new CliError('NoDigest', `docker did not say what it pushed to ${reference}`);
};

const currentContext = ({ host }: Context, { builder }: Workshop): Promise<string | undefined> =>
  builder.name === 'docker' && !host.env['DOCKER_HOST']
    ? host.capture('docker', ['context', 'show'])
    : Promise.resolve(undefined);
