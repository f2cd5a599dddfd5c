import type { Action } from '../../command.ts';
import { findRack, noRack } from '../../racks/select-rack.ts';
import { settings } from '../../racks/settings.ts';

export const switchTo: Action = async ({ host, out }, { args: [wanted] }) => {
  const saved = settings(host);
  if (wanted === undefined) {
    const current = saved.current();
    if (!current) throw noRack();
    out.result({ rack: current }, current);
    return;
  }
  const name = findRack(saved, wanted);
  saved.saveCurrent(name);
  out.result({ rack: name }, `Switched to ${name}`);
};
