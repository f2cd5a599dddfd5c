import { listProcesses } from '#contracts/processes.ts';
import type { Action } from '../../command.ts';
import { table } from '../../ui/table.ts';
import { ago } from '../../ui/time.ts';

const header = ['ID', 'SERVICE', 'STATUS', 'RELEASE', 'STARTED', 'COMMAND'];

export const list: Action = async ({ call, out, app, host }, { options }) => {
  const processes = await call(listProcesses, {
    app: app(),
    ...(options.release && { release: options.release }),
    ...(options.service && { service: options.service }),
  });
  const rows = processes.map(({ id, name, status, release, started, command }) => [
    id,
    name,
    status,
    release,
    ago(started, host.clock.now()),
    command,
  ]);
  out.result(processes, table(header, rows));
};
