import { type BaseImage, basesIn } from '#core/builds/provenance.ts';

/** How a builder names a base image: as the Dockerfile does, or by its id as well. */
interface NamedBase {
  readonly image: string;
  /** What to ask the builder about. */
  readonly key: string;
}

const buildkit = /^#\d+ \[[^\]]*\] FROM ([\w][^\s@]*)$/;
const daemonless = /^(?:\[\d+\/\d+\] )?STEP \d+\/\d+: FROM ([\w]\S*)/;
const classic = /^Step \d+\/\d+ : FROM (?:--\S+ )*(\S+)/;
/** Docker's older builder shows arguments in FROM as they are written, and then what they came to. */
const resolved = /^ ---> ([0-9a-f]{12})$/;

/** The base images that a builder's log names without their digests. */
export const namedBases = (lines: readonly string[]): readonly NamedBase[] =>
  lines.flatMap((line, at) => {
    const [, named] = buildkit.exec(line) ?? daemonless.exec(line) ?? [];
    if (named) return [{ image: named, key: named }];
    const [, image] = classic.exec(line) ?? [];
    const key = image && idAfter(lines, at);
    return image && key ? [{ image, key }] : [];
  });

/** A pull may stand between. */
const idAfter = (lines: readonly string[], at: number): string | undefined => {
  const end = lines.findIndex((line, index) => index > at && /^(Step | ---> )/.test(line));
  return resolved.exec(lines[end] ?? '')?.[1];
};

type Ask = (key: string) => Promise<string | undefined>;

/** The base images of what was built, each with the digest that the builder has it by, if it has any. */
export const findBases = async (log: string, ask: Ask): Promise<readonly BaseImage[]> => {
  const bases = new Map(basesIn(log).map((it) => [nameOf(it), it]));
  const named = new Map(namedBases(log.split('\n')).map((it) => [`${it.image} ${it.key}`, it]));
  for (const { image, key } of named.values()) {
    const base = chooseDigest(image, (await ask(key)) ?? '');
    if (base) bases.set(nameOf(base), base);
  }
  return [...bases.values()].slice(0, most);
};

/** As many as the rack takes. */
const most = 100;

const nameOf = ({ image, digest }: BaseImage): string => `${image}@${digest}`;

/** From an answer such as `["node@sha256:…"]` or `sha256:…`. Images that were built here have none. */
const chooseDigest = (image: string, answer: string): BaseImage | undefined => {
  const found = [...answer.matchAll(/(?:([^"\s@]+)@)?(sha256:[0-9a-f]{64})/g)].map(
    ([, repository, digest = '']) => ({ repository, digest })
  );
  const own = found.find((it) => !it.repository || it.repository === repositoryOf(image));
  if (own) return { image: image.replace(/@.*$/, ''), digest: own.digest };
  const [other] = found;
  return other?.repository ? { image: other.repository, digest: other.digest } : undefined;
};

/** As Docker shows it: without a tag, and without the host that goes without saying. */
const repositoryOf = (image: string): string =>
  image
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '')
    .replace(/^(index\.)?docker\.io\/(library\/)?/, '');
