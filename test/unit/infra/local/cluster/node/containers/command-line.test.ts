import { expect, test } from '@jest/globals';
import { commandLine } from '#infra/local/cluster/node/containers/command-line.ts';

const image = { Entrypoint: ['/entry'], Cmd: ['default'] };
const run = (fields: { command?: string[]; args?: string[] }): readonly string[] =>
  commandLine({ name: 'web', ...fields }, image, { PORT: '3000', NAME: 'x y' });

test.each([
  [{}, ['/entry', 'default']],
  [{ args: ['a'] }, ['/entry', 'a']],
  [{ command: ['c'] }, ['c']],
  [{ command: ['c'], args: ['a'] }, ['c', 'a']],
])('%j runs %j', (fields, expected) => {
  expect(run(fields)).toEqual(expected);
});

test('expands variables as Kubernetes does', () => {
  const args = ['$(PORT)', 'p=$(PORT)/$(NAME)', '$(MISSING)', '$$(PORT)', '$PORT', '$('];

  expect(run({ args }).slice(1)).toEqual([
    '3000',
    'p=3000/x y',
    '$(MISSING)',
    '$(PORT)',
    '$PORT',
    '$(',
  ]);
});

test('leaves what the image says alone', () => {
  expect(commandLine({ name: 'web' }, { Cmd: ['$(PORT)'] }, { PORT: '1' })).toEqual(['$(PORT)']);
});
