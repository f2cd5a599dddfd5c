import { type RegistryCheck, testRegistry } from '#contracts/registries.ts';
import type { Action } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { table } from '../../ui/table.ts';

export const test: Action = async ({ call, out }, { args: [server = ''], options }) => {
  const check = await call(testRegistry, { server, repository: options.repository ?? '' });
  out.result(check, report(check));
  const failure = check.findings.find((it) => !it.ok);
  if (!failure) return;
  throw new CliError('RegistryTrouble', `${check.server}: ${failure.step} failed`, {
    hint: failure.hint,
  });
};

const report = ({ findings }: RegistryCheck): string =>
  table(
    ['STEP', 'RESULT', 'DETAIL'],
    findings.map(({ step, ok, detail }) => [step, ok ? 'ok' : 'failed', detail])
  );
