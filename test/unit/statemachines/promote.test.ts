import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { parse } from 'yaml';
import { SupersededError } from '#core/errors.ts';
import { promotionTasks } from '#core/promotions/tasks/tasks.ts';

interface Choice {
  readonly Variable: string;
  readonly StringEquals: string;
  readonly Next: string;
}

interface State {
  readonly Type: string;
  readonly Parameters?: { readonly FunctionName: string; readonly Payload: { task: string } };
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly Choice[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
}

const text = readFileSync('statemachines/promote.asl.json', 'utf8');
const { StartAt, States } = JSON.parse(text) as { StartAt: string; States: Record<string, State> };
const names = Object.keys(States);
const taskNames = names.filter((it) => States[it]?.Type === 'Task');
const choices = (state: string): readonly Choice[] => States[state]?.Choices ?? [];

const outcomes = ['Promoted', 'RolledBack', 'Reverted', 'Refused', 'Degraded'];
/** What a task may ask for next: the steps after the first one, the ends, and to wait. */
const steps = Object.keys(promotionTasks).filter((it) => !it.startsWith('Settle'));
const askedFor = [...steps.filter((it) => it !== 'Prepare'), ...outcomes, 'Wait'];

test('is valid', () => {
  const { isValid, errors } = validate(JSON.parse(text));

  expect(errors).toEqual([]);
  expect(isValid).toBe(true);
});

test('has a substitution for every function it calls, and no other', () => {
  const resources = parse(readFileSync('infra/aws/promotion/resources.yml', 'utf8'), {
    logLevel: 'silent',
  });
  const { DefinitionSubstitutions } = resources.Resources.PromoteStateMachine.Properties;

  const used = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
  expect(Object.keys(DefinitionSubstitutions)).toEqual([...used]);
});

test('calls exactly the tasks there are, each by the name of its state', () => {
  expect(new Set(taskNames)).toEqual(new Set(Object.keys(promotionTasks)));
  for (const name of taskNames) expect(States[name]?.Parameters?.Payload.task).toBe(name);
});

test('goes where a task asks to go, for everything a task may ask', () => {
  const route = new Map(choices('Route').map((it) => [it.StringEquals, it.Next]));

  expect(new Set([...route.keys()])).toEqual(new Set(askedFor));
  for (const step of steps.slice(1)) expect(route.get(step)).toBe(step);
  for (const outcome of outcomes) expect(route.get(outcome)).toBe(`Settle${outcome}`);
  expect(route.get('Wait')).toBe('WaitForCluster');
  expect(choices('Route').every((it) => it.Variable === '$.next')).toBe(true);
});

test('can try every task again after waiting for the cluster', () => {
  const resume = choices('Resume');

  expect(new Set(resume.map((it) => it.StringEquals))).toEqual(new Set(taskNames));
  for (const { StringEquals, Next } of resume) expect(Next).toBe(StringEquals);
  expect(States['WaitForCluster']).toMatchObject({ SecondsPath: '$.waitSeconds', Next: 'Resume' });
});

test('ends each outcome in a state of its name, which is a success', () => {
  for (const outcome of outcomes) {
    expect(States[`Settle${outcome}`]?.Next).toBe(outcome);
    expect(States[outcome]?.Type).toBe('Succeed');
  }
  const failures = names.filter((it) => States[it]?.Type === 'Fail');
  expect(failures).toEqual(['UnknownNext']);
  expect(['Route', 'Resume'].map((it) => States[it]?.Default)).toEqual([
    'UnknownNext',
    'UnknownNext',
  ]);
});

test('lets a task that has lost the app end without another write', () => {
  for (const name of taskNames) {
    expect(States[name]?.Catch).toContainEqual({
      ErrorEquals: [SupersededError.name],
      Next: 'Superseded',
    });
  }
  expect(States['Superseded']?.Type).toBe('Succeed');
});

test('tries a task again after a failure of the services it stands on', () => {
  for (const name of taskNames) {
    const retried = States[name]?.Retry?.flatMap((it) => it.ErrorEquals);
    expect(retried).toEqual(
      expect.arrayContaining([
        'Lambda.TooManyRequestsException',
        'Lambda.Unknown',
        'States.Timeout',
      ])
    );
  }
});

test('reaches every state from its start', () => {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    const { Next, Default, Choices = [], Catch = [] } = States[name] ?? {};
    for (const next of [
      Next,
      Default,
      ...Choices.map((it) => it.Next),
      ...Catch.map((it) => it.Next),
    ]) {
      if (next) visit(next);
    }
  };

  visit(StartAt);

  expect(new Set([...reached])).toEqual(new Set(names));
});
