import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { gitFacts } from '#cli/build/git-facts.ts';
import { folderWith } from '#test/run-cli.ts';

const manifest = 'services:\n  web:\n    build: .\n';
let folder = '';

const write = (name: string, text = 'changed'): void => writeFileSync(join(folder, name), text);

/** Away from the settings of whoever runs the tests. */
const git = (...args: readonly string[]): string =>
  execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
  }).trim();

const capture = async (_: string, args: readonly string[]): Promise<string | undefined> => {
  try {
    return git(...args);
  } catch {
    return undefined;
  }
};

const facts = (of = folder) =>
  gitFacts({ capture }, { folder: of, manifestFile: 'convox.yml', manifest });

beforeEach(() => {
  const ignored = { '.gitignore': 'made\n.config\n', '.dockerignore': 'notes\n' };
  folder = folderWith({ 'app/convox.yml': manifest, 'app/code': 'one', other: 'one', ...ignored });
  git('init', '-q');
  git('add', '.');
  git('-c', 'user.name=ada', '-c', 'user.email=ada@example.org', 'commit', '-qm', 'Sell more');
});

test('a tree that is its commit is named after it', async () => {
  const sha = git('rev-parse', 'HEAD');

  expect(await facts()).toEqual({
    'git-sha': sha,
    'git-dirty': false,
    description: `build ${sha.slice(0, 10)} Sell more`,
  });
});

test('a changed file makes it dirty, staged or not', async () => {
  write('app/code');
  const changed = await facts();
  git('add', '.');

  expect(changed).toMatchObject({ 'git-dirty': true, description: '' });
  expect(await facts()).toMatchObject({ 'git-dirty': true, description: '' });
});

test('so does a file of which git knows nothing, if a build gets it', async () => {
  write('notes');
  write('made');
  expect(await facts()).toMatchObject({ 'git-dirty': false });

  write('app/new');

  expect(await facts()).toMatchObject({
    'git-dirty': true,
    description: expect.stringContaining('Sell more'),
  });
});

test('what is changed beside the folder is of no account', async () => {
  write('other');
  write('new');

  expect(await facts(join(folder, 'app'))).toMatchObject({ 'git-dirty': false });
});

test('without a commit there is nothing to say', async () => {
  execFileSync('rm', ['-rf', join(folder, '.git')]);

  expect(await facts()).toEqual({ 'git-sha': '', description: '' });
});
