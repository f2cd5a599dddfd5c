import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { parse } from 'yaml';

const text = readFileSync('statemachines/export.asl.json', 'utf8');
const machine = JSON.parse(text);

test('is valid', () => {
  const { isValid, errors } = validate(machine);

  expect([isValid, errors]).toEqual([true, []]);
});

test('has a substitution for every function it calls', () => {
  const resources = parse(readFileSync('infra/aws/archives/resources.yml', 'utf8'), {
    logLevel: 'silent',
  });
  const { DefinitionSubstitutions } = resources.Resources.ExportStateMachine.Properties;

  const used = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
  expect(Object.keys(DefinitionSubstitutions)).toEqual([...used]);
});

test('keeps the reason when trying again does not help, and ends well in either case', () => {
  const { WriteExport, FailExport } = machine.States;

  expect(WriteExport.Parameters.Payload.task).toBe('WriteExport');
  expect(WriteExport.Retry.flatMap((it: { ErrorEquals: string[] }) => it.ErrorEquals)).toContain(
    'UnavailableError'
  );
  expect(WriteExport.Catch).toEqual([
    { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'FailExport' },
  ]);
  expect(FailExport.Parameters.Payload.task).toBe('FailExport');
  expect([WriteExport.Next, FailExport.Next]).toEqual(['Ended', 'Ended']);
});
