import { getPromotion } from '#contracts/promotions.ts';
import type { Context } from '../context.ts';
import { type LiveArea, liveArea } from '../ui/live-area.ts';
import { rolloutLines } from './rollout-lines.ts';

/** Milliseconds between two looks at a promotion. */
const interval = 1000;

export interface RolloutView {
  print(lines: readonly string[]): void;
  close(): void;
}

/** Lines only, off a terminal; on one, also a view of the services that is redrawn in place. */
export const openRolloutView = (context: Context, promotion: string): RolloutView => {
  const { out, host } = context;
  if (!out.terminal) {
    return { print: (lines) => lines.forEach(out.print), close: () => undefined };
  }
  const area = liveArea(out.terminal, host.clock);
  const view = { open: true };
  void redraw(context, { promotion, area, view });
  return {
    print: area.print,
    close: () => {
      view.open = false;
      area.close();
    },
  };
};

interface Drawing {
  readonly promotion: string;
  readonly area: LiveArea;
  readonly view: { readonly open: boolean };
}

/** The view is an extra: a question that fails leaves it as it is, and the events tell what is wrong. */
const redraw = async (context: Context, { promotion, area, view }: Drawing): Promise<void> => {
  const { call, app, host } = context;
  while (view.open && !host.signal.aborted) {
    const state = await call(getPromotion, { app: app(), id: promotion }).catch(() => undefined);
    if (state && view.open) area.draw(rolloutLines(state));
    await host.clock.sleep(interval).catch(() => undefined);
  }
};
