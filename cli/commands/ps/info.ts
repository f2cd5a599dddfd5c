import { getProcess } from '#contracts/processes.ts';
import type { Action } from '../../command.ts';
import { info as infoBlock } from '../../ui/table.ts';
import { ago } from '../../ui/time.ts';

export const info: Action = async ({ call, out, app, host }, { args: [id = ''] }) => {
  const process = await call(getProcess, { app: app(), id });
  out.result(
    process,
    infoBlock([
      ['Id', process.id],
      ['App', process.app],
      ['Command', process.command],
      ['Instance', process.instance],
      ['Release', process.release],
      ['Service', process.name],
      ['Started', ago(process.started, host.clock.now())],
      ['Status', process.status],
    ])
  );
};
