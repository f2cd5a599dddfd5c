/** Every option of every command, so that a flag means the same thing everywhere. */
export interface Options {
  readonly abandon?: boolean;
  readonly after?: string;
  readonly all?: boolean;
  readonly app?: string;
  readonly build?: string;
  readonly buildArgs?: readonly string[];
  readonly builder?: string;
  readonly cache?: boolean;
  readonly count?: string;
  readonly cpu?: string;
  readonly description?: string;
  readonly development?: boolean;
  readonly dryRun?: boolean;
  readonly external?: boolean;
  readonly file?: string;
  readonly filter?: string;
  readonly follow?: boolean;
  readonly force?: boolean;
  readonly forceConflicts?: boolean;
  readonly forget?: boolean;
  readonly id?: boolean;
  readonly json?: boolean;
  readonly kubeconfig?: string;
  readonly limit?: string;
  readonly manifest?: string;
  readonly memory?: string;
  readonly passwordStdin?: boolean;
  readonly platform?: string;
  readonly previous?: boolean;
  readonly process?: string;
  readonly promote?: boolean;
  readonly prune?: boolean;
  readonly queue?: boolean;
  readonly rack?: string;
  readonly release?: string;
  readonly replace?: boolean;
  readonly repository?: string;
  readonly scale?: boolean;
  readonly service?: string;
  readonly set?: readonly string[];
  readonly since?: string;
  readonly srcCredsPass?: string;
  readonly srcCredsPassEnv?: string;
  readonly srcCredsPassStdin?: boolean;
  readonly srcCredsUser?: string;
  readonly tail?: string;
  readonly timeout?: string;
  readonly token?: string;
}

export interface OptionSpec {
  readonly flags: string;
  readonly description: string;
  /** Accepted for scripts written for Convox, and without effect here. */
  readonly hidden?: boolean;
  readonly repeatable?: boolean;
}

const option = (flags: string, description: string): OptionSpec => ({ flags, description });
const ignored = (flags: string): OptionSpec => ({ flags, description: '', hidden: true });

export const rack = option('-r, --rack <name>', 'rack to talk to');
export const json = option('--json', 'print JSON');

export const app = option('-a, --app <name>', 'app, if not the one of this folder');
export const id = option('--id', 'print only the release id on stdout');
export const force = option('--force', 'cancel a promotion that is under way, then run');
export const queue = option('--queue', 'wait for a promotion that is under way, then run');
export const progressTimeout = option(
  '--timeout <seconds>',
  'roll back after so long without progress'
);
export const forceConflicts = option(
  '--force-conflicts',
  'take over fields that somebody else has changed in the cluster'
);
/** What every command that promotes takes. */
export const promoting = [queue, force, forceConflicts, progressTimeout];
export const limit = option('-l, --limit <count>', 'how many to list');
export const promote = option('-p, --promote', 'promote the new release');
export const release = option('--release <release>', 'release to read');
export const basedOn = option('--release <release>', 'start from this release, not the latest');
export const replace = option('--replace', 'drop all variables that are not given');
export const service = option('-s, --service <name>', 'only this service');
export const setPolicy: OptionSpec = {
  ...option('--set <key=value>', 'judge by this value instead; repeatable'),
  repeatable: true,
};
export const processesOf = option('--release <release>', 'only processes of this release');
export const passwordStdin = option(
  '--password-stdin',
  'read the password from standard input, also at a terminal'
);
export const repository = option(
  '--repository <path>',
  'push to and pull from this path of the registry'
);
export const token = option('-t, --token <token>', 'token of the rack');
export const abandon = option('--abandon', 'free the app although the cluster is out of reach');
export const forget = option('--forget', 'forget the app and leave the cluster as it is');
export const all = option('--all', 'every app that the rack has lost');
export const after = option('--after <sequence>', 'skip the events up to this one');
export const build = option('--build <build>', 'promote this build instead of building a folder');
export const buildArgs: OptionSpec = {
  ...option('--build-args <key=value>', 'build argument; repeatable'),
  repeatable: true,
};
export const description = option('-d, --description <text>', 'description of the build');
export const development = option('--development', 'build the development stage');
export const manifest = option('-m, --manifest <file>', 'manifest, if not convox.yml');
export const manifestFile = option('-m, --manifest <file>', 'manifest (default: convox.yml)');
export const srcCredsUser = option('--src-creds-user <name>', "user name at the image's registry");
export const srcCredsPassEnv = option(
  '--src-creds-pass-env <variable>',
  'environment variable that holds the password'
);
export const srcCredsPassStdin = option(
  '--src-creds-pass-stdin',
  'read the password from standard input'
);
/** Convox's; refused, since it shows the password to others. */
export const srcCredsPass = ignored('--src-creds-pass <password>');
export const noCache = option('--no-cache', 'build without the cache');
export const external = option(
  '--external',
  'build on this machine and push straight to the registry'
);
export const builder = option(
  '--builder <name>',
  'docker, podman or buildah, if not the first that works'
);
export const platform = option(
  '--platform <platform>',
  'platform of an external build, such as linux/amd64'
);
export const archiveToWrite = option('-f, --file <file>', 'write the archive to this file');
export const archiveToRead = option('-f, --file <file>', 'import this archive');
export const count = option('--count <processes>', 'number of processes');
export const cpu = option('--cpu <millicores>', 'CPU of one process, 1000 is one core');
export const memory = option('--memory <megabytes>', 'memory of one process');
export const filter = option('--filter <text>', 'only lines with this text');
export const since = option('--since <duration>', 'how far back to start, such as 90s, 2m or 1h');
export const tail = option('--tail <lines>', 'only the last lines of each process');
export const noFollow = option('--no-follow', 'stop at the last line');
export const previous = option('--previous', 'lines of the processes before the last restart');
export const evidenceOf = option('--process <name>', 'only this process, or those of this service');
export const kubeconfig = option(
  '--kubeconfig <file>',
  'kubeconfig of the cluster (default: KUBECONFIG)'
);
export const expectedRelease = option('--release <release>', 'only if this release is in the copy');
export const dryRun = option('--dry-run', 'say what would be done, and do nothing');
export const prune = option('--prune', 'remove what the copy does not have');
export const scaleBack = option('--scale', 'also put the number of processes back');
export const patience = option(
  '--timeout <seconds>',
  'how long to wait for processes (default: 120)'
);
export const rescueAnyway = option(
  '--force',
  'although the rack answers and is at work on the app'
);

export const wait = ignored('-w, --wait');
export const reveal = ignored('--reveal');
export const generation = ignored('-g, --generation <number>');
export const timeout = ignored('--timeout <seconds>');
