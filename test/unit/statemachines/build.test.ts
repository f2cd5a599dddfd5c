import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { parse } from 'yaml';
import { buildTasks } from '#core/builds/tasks/tasks.ts';
import { buildBed } from '../core/builds/build-bed.ts';

interface Machine {
  readonly StartAt: string;
  readonly States: Record<
    string,
    {
      readonly Type: string;
      readonly Parameters?: { FunctionName: string; Payload: { task: string } };
      readonly Choices?: { StringEquals: string; Next: string }[];
      readonly Catch?: { ErrorEquals: string[]; Next: string }[];
      readonly Retry?: { ErrorEquals: string[] }[];
    }
  >;
}

const text = readFileSync('statemachines/build.asl.json', 'utf8');
const machine = JSON.parse(text) as Machine;
const tasks = Object.entries(machine.States).filter(([, state]) => state.Type === 'Task');

test('is valid', () => {
  const { isValid, errors } = validate(machine);

  expect(errors).toEqual([]);
  expect(isValid).toBe(true);
});

test('has a substitution for every function it calls', () => {
  const resources = parse(readFileSync('infra/aws/build/resources.yml', 'utf8'), {
    logLevel: 'silent',
  });
  const { DefinitionSubstitutions } = resources.Resources.BuildStateMachine.Properties;

  const used = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
  expect(Object.keys(DefinitionSubstitutions)).toEqual([...used]);
});

/** Tasks of the functions that alone may mint. */
const ofCredentials = ['GrantPush', 'RevokeGrants'];
const minting = [...ofCredentials, 'ImportImages'];

test('calls exactly the tasks there are, each by the name of its state', () => {
  const names = tasks.map(([, state]) => state.Parameters?.Payload.task);

  expect(names).toEqual(tasks.map(([name]) => name));
  expect([...names].filter((it) => !minting.includes(it ?? ''))).toEqual(
    Object.keys(buildTasks(buildBed().deps))
  );
});

test('lets no task but three near the minting of credentials', () => {
  const tasksOf = (name: string) =>
    tasks.filter(([, it]) => it.Parameters?.FunctionName.includes(name)).map(([task]) => task);

  expect(tasksOf('Credentials')).toEqual(ofCredentials);
  expect(tasksOf('Imports')).toEqual(['ImportImages']);
  expect(tasksOf('Build')).toHaveLength(tasks.length - minting.length);
});

test('routes to every state a task can name', () => {
  for (const { StringEquals, Next } of machine.States['Route']?.Choices ?? []) {
    const isEnd = StringEquals === 'Complete' || StringEquals === 'Failed';
    expect(Next).toBe(isEnd ? 'RevokeGrants' : StringEquals);
    expect(Object.keys(machine.States)).toContain(Next);
  }
});

test('retries what may pass and records every other failure', () => {
  for (const [name, state] of tasks) {
    expect(state.Retry?.flatMap((it) => it.ErrorEquals)).toContain('ClusterUnreachableError');
    const next = ['RecordFailure', 'RevokeGrants'].includes(name) ? undefined : 'RecordFailure';
    expect(state.Catch?.at(-1)?.Next).toBe(next);
  }
});
