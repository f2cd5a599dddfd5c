import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { byText } from '#core/environments/environment.ts';

interface Statement {
  readonly Action: string | readonly string[];
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

const fragment = (kind: string): Readonly<Record<'mint' | 'digest' | 'pull' | 'expire', Policy>> =>
  parse(readFileSync(`infra/aws/build/registries/${kind}.yml`, 'utf8'), {
    logLevel: 'silent',
    merge: true,
  });

const actionsOf = ({ PolicyDocument }: Policy): readonly string[] =>
  PolicyDocument.Statement.flatMap((it) => it.Action).toSorted(byText);

/** What the table of docs/registries.md says that the role needs, and how it comes by it. */
const rowOf = (kind: string) => {
  const page = readFileSync('docs/registries.md', 'utf8');
  const table = page.slice(page.indexOf('## Who may delete'), page.indexOf('## Added registries'));
  const row = table.split('\n').find((it) => it.startsWith(`| \`${kind}\` |`)) ?? '';
  const [, , way = '', needs = ''] = row.split(' | ');
  return { way, needs: [...needs.matchAll(/`([^`]+)`/g)].map(([, it = '']) => it) };
};

const listIn = (file: string, pattern: RegExp): readonly string[] =>
  (pattern.exec(readFileSync(`docs/registries/${file}.md`, 'utf8'))?.[1] ?? '')
    .split(/[^\w./]+/)
    .filter(Boolean)
    .toSorted(byText);

test('the docs name the rights of ExpireRole on ECR, and no other role may delete there', () => {
  const { expire, ...others } = fragment('ecr');

  expect(rowOf('ecr').needs.toSorted(byText)).toEqual(actionsOf(expire));
  expect(JSON.stringify(expire)).not.toMatch(/Upload|PutImage|Create|AssumeRole/);
  expect(JSON.stringify(others)).not.toContain('Delete');
});

test.each([
  ['acr', 'api://AzureADTokenExchange'],
  ['google', 'https://iam.googleapis.com/'],
])('on %s the role may only say who it is, as the docs have it', (kind, audience) => {
  const { expire } = fragment(kind);

  expect(actionsOf(expire)).toEqual(['sts:GetWebIdentityToken']);
  expect(JSON.stringify(expire)).toContain(audience);
  expect(rowOf(kind).way).toContain('`sts:GetWebIdentityToken`');
  expect(rowOf(kind).way).toContain(audience);
});

test('the rights in other clouds are those of their pages, which the tests of the adapters use', () => {
  const [prefix, ...actions] = rowOf('acr').needs;
  const azure = listIn('azure', /"Name": "rackless expire".*?"Actions": \[(.*?)\]/s);
  const google = listIn('google', /roles create rackless_expire .*?--permissions (.*?)\n\n/s);

  expect(actions.map((it) => `${prefix}${it}`)).toEqual(azure);
  expect(azure).toHaveLength(5);
  expect(rowOf('google').needs).toEqual(google);
});

test('a static registry has one secret for all', () => {
  const { expire, mint } = fragment('static');

  expect(actionsOf(expire)).toEqual(['secretsmanager:GetSecretValue']);
  expect(actionsOf(mint)).toEqual(actionsOf(expire));
  expect(rowOf('static').way).toContain('`secretsmanager:GetSecretValue`');
});
