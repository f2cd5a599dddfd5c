import { join } from 'node:path';
import { createGrant } from '#contracts/grants.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { staticNote } from '../../grants/static-note.ts';
import { explainPush } from './explain-push.ts';
import { isWorthAnotherPush } from './judge-push.ts';
import { linkContexts, readRepository, writeLogin } from './login.ts';
import { BuilderFailure, type Workshop } from './workshop.ts';

export interface BuiltImage {
  /** The builder's own id of it. */
  readonly image: string;
  readonly services: readonly string[];
}

interface Login {
  /** `HOST/PATH` of the repository. */
  readonly name: string;
  /** When its credential is over, by the clock of this machine; milliseconds since 1970. */
  readonly ends: number;
}

/** Asks for a credential to push this build with, and gives it to the builder. */
export const logIn = (context: Context, workshop: Workshop, build: string): Promise<Login> => {
  linkContexts(workshop.folder, context.host.env);
  return renewLogin(context, workshop, build);
};

const renewLogin = async (context: Context, workshop: Workshop, build: string): Promise<Login> => {
  const asked = context.host.clock.now().getTime();
  const [grant, dockerContext] = await Promise.all([
    context.call(createGrant, { app: context.app(), id: build }),
    currentContext(context, workshop),
  ]);
  if (grant.static) context.out.note(staticNote);
  const repository = readRepository(grant.url);
  writeLogin(workshop.folder, repository, dockerContext);
  const ends = asked + Date.parse(grant.expires) - Date.parse(grant.created);
  return { name: repository.name, ends };
};

interface Pushing {
  readonly build: string;
  readonly images: readonly BuiltImage[];
  readonly login: Login;
}

/**
 * Pushes each image under `SERVICE.BUILD` for each of its services. Gives the digest of what was
 * pushed by service.
 */
export const pushImages = async (
  context: Context,
  workshop: Workshop,
  { build, images, login }: Pushing
): Promise<Readonly<Record<string, string>>> => {
  const pushed = await Promise.all(
    images.map(({ image, services }) =>
      pushImage(
        context,
        workshop,
        services.map((service) => ({
          image,
          service,
          reference: `${login.name}:${service}.${build}`,
          login,
          logIn: () => renewLogin(context, workshop, build),
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
  readonly login: Login;
  readonly logIn: () => Promise<Login>;
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
  context: Context,
  workshop: Workshop,
  target: Target
): Promise<string> => {
  let { login } = target;
  for (let tries = 1; ; tries += 1) {
    try {
      return await push(workshop, target);
    } catch (error) {
      requireHope(context, error, { ...target, login, tries });
      workshop.say(`Pushing again: ${target.reference}`);
      await context.host.clock.sleep(1000 * tries);
      login = await target.logIn();
    }
  }
};

interface Attempt extends Pick<Target, 'reference' | 'login'> {
  readonly tries: number;
}

/** @throws the error, with what it means and the next step, unless another try may go better. */
const requireHope = (
  { host }: Context,
  error: unknown,
  { reference, login, tries }: Attempt
): void => {
  if (!(error instanceof BuilderFailure)) throw error;
  const isGrantOver = host.clock.now().getTime() >= login.ends;
  const isWorthIt = isWorthAnotherPush({ lines: error.lines, tries, isGrantOver });
  if (!isWorthIt || host.signal.aborted) throw explained(error, reference);
};

const push = async (workshop: Workshop, { service, reference }: Target): Promise<string> => {
  const { builder, folder } = workshop;
  const digestFile = `${service}.digest`;
  workshop.say(`Running: ${builder.name} push ${reference}`);
  const login = { reference, logins: folder, digestFile: join(folder, digestFile) };
  const lines = await workshop.run(builder.push(login));
  return builder.name === 'docker' ? digestIn(lines, reference) : workshop.read(digestFile);
};

const explained = (error: BuilderFailure, reference: string): CliError => {
  const advice = explainPush(error.lines);
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
