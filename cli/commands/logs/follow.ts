import { type LogLine, listLogs } from '#contracts/logs.ts';
import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import { retrying } from '../../events/retrying.ts';
import type { Options } from '../../options.ts';
import { parseCount } from '../../parse-count.ts';
import { parseDuration, timestamp } from '../../ui/time.ts';

/** Seconds that the rack keeps an answer open for new lines, and milliseconds between two questions. */
const patience = 20;
const pause = 1000;

export const follow: Action = async (context, { options }) => {
  const { call, host } = context;
  const query = firstPage(context, options);
  const follows = options.follow !== false;
  let page = await call(listLogs, query);
  show(context, page.lines);
  while (follows || page.lines.length > 0) {
    const { cursor } = page;
    const asked = host.clock.now().getTime();
    const wait = follows ? patience : 0;
    page = await retrying(context, () => call(listLogs, { ...query, cursor, wait }));
    show(context, page.lines);
    const quick = host.clock.now().getTime() - asked < pause;
    if (follows && page.lines.length === 0 && quick) await host.clock.sleep(pause);
  }
};

const firstPage = ({ app }: Context, options: Options) => {
  const tail = parseCount('--tail', options.tail);
  return {
    app: app(),
    ...(options.since !== undefined && { since: seconds(options.since) }),
    ...(tail !== undefined && { tail }),
    ...(options.filter && { filter: options.filter }),
    ...(options.service && { service: options.service }),
    ...(options.previous && { previous: true }),
  };
};

const seconds = (text: string): number => {
  const duration = parseDuration(text);
  if (duration !== undefined) return duration;
  throw new UsageError(`--since is not a duration: ${text}`, { hint: 'such as 90s, 2m or 1h30m' });
};

const show = ({ out }: Context, lines: readonly LogLine[]): void => {
  for (const line of lines) {
    out.record({ type: 'log', ...line });
    out.print(`${timestamp(line.at)} service/${line.service}/${line.process} ${line.text}`);
  }
};
