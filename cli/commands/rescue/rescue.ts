import { DomainError } from '#core/errors.ts';
import { type RescueReport, type RescueRequest, rescueApp } from '#core/rescue/rescue-app.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CliError, UsageError } from '../../errors.ts';
import type { Options } from '../../options.ts';
import { parseCount } from '../../parse-count.ts';
import { explained } from './explained.ts';
import { openCluster } from './open-cluster.ts';
import { readKubeconfig } from './read-kubeconfig.ts';
import { reportText } from './report-text.ts';
import { requireQuietRack } from './require-quiet-rack.ts';
import { withCredentials } from './run-exec-plugin.ts';

const defaultPatience = 120;

export const rescue: Action = async (context, { args: [app = ''], options }) => {
  const { host, out } = context;
  const access = readKubeconfig(fileOf(context, options), host.cwd);
  const cluster = openCluster(await withCredentials(access, host));
  const request = requestOf(app, options);
  if (!(options.force || request.dryRun)) await requireQuietRack(context, request);
  const run = rescueApp({
    cluster,
    clock: () => host.clock.now().getTime(),
    sleep: (milliseconds) => host.clock.sleep(milliseconds),
  });
  const report = await run(request).catch((error: unknown) => {
    throw error instanceof DomainError ? explained(error) : error;
  });
  out.result(report, reportText(report));
  if (!report.healthy) throw unhealthy(report, options);
};

const fileOf = ({ host }: Context, { kubeconfig }: Options): string => {
  const file = kubeconfig ?? host.env['KUBECONFIG'];
  if (file) return file;
  throw new UsageError('no kubeconfig', {
    hint: 'name that of the cluster with --kubeconfig, or set KUBECONFIG',
  });
};

const requestOf = (app: string, options: Options): RescueRequest => ({
  app,
  rack: options.rack,
  release: options.release,
  dryRun: options.dryRun ?? false,
  prune: options.prune ?? false,
  scale: options.scale ?? false,
  patience: (parseCount('--timeout', options.timeout) ?? defaultPatience) * 1000,
});

const unhealthy = ({ app, rack, services }: RescueReport, { kubeconfig }: Options): CliError => {
  const waiting = services.filter((it) => it.waiting).map((it) => `${it.service}: ${it.waiting}`);
  const flag = kubeconfig ? `--kubeconfig ${kubeconfig} ` : '';
  return new CliError(
    'Unhealthy',
    `the objects are back, but not all processes are: ${waiting.join('; ')}`,
    {
      hint: `look closer: kubectl ${flag}--namespace ${rack}-${app} get pods,events`,
    }
  );
};
