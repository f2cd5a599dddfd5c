import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { levels } from '#core/manifests/fields/levels.ts';
import { ManifestError } from '#core/manifests/manifest-error.ts';
import { type ParseOptions, parseManifest } from '#core/manifests/parse-manifest.ts';

const outcome = (text: string, options: ParseOptions) => {
  try {
    return parseManifest(text, options);
  } catch (error) {
    return error;
  }
};

/** Every position is inside the text, and there is something to read. */
const expectGoodError = (text: string, options: ParseOptions = { env: {} }) => {
  const result = outcome(text, options);
  if (!(result instanceof Error)) return;
  expect(result).toBeInstanceOf(ManifestError);
  const { problems, message } = result as ManifestError;
  expect(message).not.toBe('');
  expect(problems.length).toBeGreaterThan(0);
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const { line, column } of problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThanOrEqual(1);
  }
};

const fragment = fc.constantFrom(
  ...['services', 'web', 'port', 'scale', 'environment', '<<', 'build', 'health', 'x-a', 'labels'],
  ...[
    ':',
    ': ',
    '- ',
    '\n',
    '\n  ',
    '\n    ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '&a ',
    '*a',
    '!t ',
    '? ',
    '|\n',
    '>-\n',
  ],
  ...[
    '"',
    "'",
    '#',
    '%',
    '---\n',
    '...\n',
    `\${A}`,
    `\${`,
    '}',
    '~',
    '\t',
    '\r\n',
    '1',
    '-1',
    '1.5',
    'yes',
    '.',
    '\uE000',
    '\u0000',
    '\uFEFF',
  ]
);

test('any text is a manifest or a ManifestError', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => expectGoodError(text)),
    { numRuns: 200 }
  );
});

test('any heap of YAML fragments is a manifest or a ManifestError', () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 40 }), (parts) => expectGoodError(parts.join(''))),
    { numRuns: 600 }
  );
});

const keys = [
  ...new Set(Object.values(levels).flatMap((level) => [...level.keys, ...level.notYet])),
];
const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      1,
      -1,
      3000,
      1.5,
      '',
      '.',
      '1-3',
      'https:80',
      'A=1',
      `\${A}`
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys, 'unknown'), tie('value'), { maxKeys: 4 })
  ),
})).value;

test('any values under the known keys are a manifest or a ManifestError', () => {
  const services = fc.dictionary(fc.constantFrom('web', 'a-b', 'Bad'), tree, { maxKeys: 2 });

  fc.assert(
    fc.property(services, tree, (web, environment) =>
      expectGoodError(stringify({ services: web, environment }), {
        env: { A: '1' },
        unknown: 'warn',
      })
    ),
    { numRuns: 200 }
  );
});

test('no value of a variable adds to what a manifest says', () => {
  const text = `services:\n  web:\n    command: \${A}\n    labels: {x: a}\n    scale: 2\n`;
  const { services: plain } = parseManifest(text);

  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (value) => {
      const [web] = parseManifest(text, { env: { A: value } }).services;

      expect({ ...web, command: undefined }).toEqual({ ...plain[0], command: undefined });
    })
  );
});
