import type { Environment } from '../environments/environment.ts';
import { InvalidRequestError } from '../errors.ts';
import {
  type DistinctBuild,
  distinctBuilds,
  type ImageService,
  imageServices,
} from '../manifests/distinct-builds.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { scanDockerfile } from './scan-dockerfile.ts';

/** What a build has to do, kept between its tasks. Names of arguments only: values are secrets. */
export interface BuildPlan {
  readonly v: 1;
  readonly jobs: readonly JobPlan[];
  /** Services that run an image where it is. */
  readonly images: readonly ImageService[];
}

export type JobPlan = BuildJob | CopyJob;

interface Job {
  /** From 1. */
  readonly number: number;
  /** Sorted; the image is tagged with the first. */
  readonly services: readonly string[];
}

/** An image that is brought into the app's repository. */
export interface CopyJob extends Job {
  readonly kind: 'copy';
  /** By digest, as far as its registry tells. */
  readonly image: string;
}

/** An image that a Dockerfile makes. */
export interface BuildJob extends Job {
  readonly kind: 'build';
  /** The context, inside the source. */
  readonly path: string;
  /** The Dockerfile, inside the source. */
  readonly dockerfile: string;
  /** `K=V` of the manifest, or `K` for the value of the build's environment. */
  readonly args: readonly string[];
  /** Names of the build's environment that the Dockerfile mounts as secrets. */
  readonly secrets: readonly string[];
  /** A stage of the Dockerfile; empty for the last one. */
  readonly target: string;
}

/** As long as no image is copied. */
export interface SourcePlan extends BuildPlan {
  readonly jobs: readonly BuildJob[];
}

export const planKey = (app: string, build: string): string =>
  `apps/${app}/builds/${build}/plan.json`;

/** Where a service's Dockerfile is in the source: `api/Dockerfile`. */
export const dockerfileOf = ({ path, manifest }: DistinctBuild): string =>
  joined(path === '.' ? manifest : `${path}/${manifest}`);

/** The manifest was read: nothing leads out of the source. */
const joined = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
};

interface PlanInput {
  readonly manifest: Manifest;
  /** By path; those that are in the source. */
  readonly dockerfiles: ReadonlyMap<string, string>;
  readonly env: Environment;
  readonly development: boolean;
}

/** @throws InvalidRequestError naming a Dockerfile that is not there. */
export const planBuild = (input: PlanInput): SourcePlan => ({
  v: 1,
  jobs: distinctBuilds(input.manifest).map((build, index) => planJob(build, index + 1, input)),
  images: [...imageServices(input.manifest)],
});

const planJob = (
  build: DistinctBuild,
  number: number,
  { dockerfiles, env, development }: PlanInput
): BuildJob => {
  const dockerfile = dockerfileOf(build);
  const text = dockerfiles.get(dockerfile);
  const { services, path } = build;
  if (text === undefined) {
    throw new InvalidRequestError(`service ${services[0]}: no such file: ${dockerfile}`, {
      hint: 'add the file, or name another one under build in the manifest',
    });
  }
  const scan = scanDockerfile(text);
  const secrets = scan.secrets.filter((name) => Object.hasOwn(env, name));
  // An argument stands in the image's history: what is asked for as a secret is given as nothing else.
  const declared = scan.args.filter((name) => Object.hasOwn(env, name));
  return {
    kind: 'build',
    number,
    services,
    path,
    dockerfile,
    args: [...declared, ...build.args].filter((arg) => !secrets.includes(arg)),
    secrets,
    target: development && scan.hasDevelopment ? 'development' : '',
  };
};

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** The secrets with their values. */
export const resolveSecrets = (names: readonly string[], env: Environment): readonly NamedValue[] =>
  names.flatMap((name) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    return value === undefined ? [] : [{ name, value }];
  });

/** The arguments with their values. A later one wins; a name without a value is left out. */
export const resolveArgs = (args: readonly string[], env: Environment): readonly NamedValue[] => {
  const values = new Map<string, string>();
  for (const arg of args) {
    const [, name = '', given] = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    const value = given ?? (Object.hasOwn(env, name) ? env[name] : undefined);
    if (name && value !== undefined) values.set(name, value);
  }
  return [...values].map(([name, value]) => ({ name, value }));
};
