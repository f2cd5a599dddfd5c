import { getApp } from '#contracts/apps.ts';
import type { Promotion } from '#contracts/promotions.ts';
import type { Action } from '../../command.ts';
import { promotionsUnderWay } from '../../promotion/promotions-under-way.ts';
import { info as infoBlock } from '../../ui/table.ts';

export const info: Action = async (context, { args: [name = context.app()] }) => {
  const { call, out } = context;
  const found = await call(getApp, { name });
  const underWay = await promotionsUnderWay(context, found);
  out.result(
    found,
    infoBlock([
      ['Name', found.name],
      ['Status', found.status],
      ['Generation', found.generation],
      ['Locked', String(found.locked)],
      ['Release', found.release],
      ...underWay.map(row),
      ...(found.router ? ([['Router', found.router]] as const) : []),
    ])
  );
};

const row = ({ id, release, status, waiting }: Promotion): readonly [string, string] =>
  status === 'queued'
    ? ['Queued', `${id} of ${release}`]
    : ['Promotion', `${id} of ${release}, ${status}${waiting ? `: the cluster ${waiting}` : ''}`];
