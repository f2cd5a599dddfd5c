import type { EngineDependencies, Run, TaskResult } from '#core/promotions/engine/run.ts';
import type { Attempt, PromotionRuns } from '#core/promotions/ports.ts';
import { runTasks } from '#core/promotions/tasks/run-tasks.ts';
import { runStates, type TaskName } from '../unit/core/promotions/run-machine.ts';
import type { ChaosPlan } from './plan.ts';
import { FunctionDiedError, Life, type Strikes } from './strikes.ts';

/** Waits of the machine are shortened by this: they hold nothing and decide nothing. */
const waitScale = 0.05;

interface Setting {
  readonly plan: ChaosPlan;
  readonly strikes: Strikes;
  /** What one invocation of the function works with. */
  readonly deps: (life: Life) => EngineDependencies;
}

/** Step Functions in this process: the same execution starts once; a lost one leaves no trace but that. */
export class Executions implements PromotionRuns {
  readonly #setting: Setting;
  readonly #runs = new Map<string, Promise<unknown>>();
  readonly #running = new Set<string>();
  readonly ends: string[] = [];
  #visits = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  async start(run: Attempt): Promise<void> {
    const name = nameOf(run);
    if (this.#runs.has(name)) return;
    this.#running.add(name);
    this.#runs.set(
      name,
      this.#execute(run).finally(() => this.#running.delete(name))
    );
  }

  async isRunning(run: Attempt): Promise<boolean> {
    return this.#running.has(nameOf(run));
  }

  /** Until none is going on. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#runs.values());
  }

  async #execute({ app, id, attempt }: Attempt): Promise<void> {
    try {
      const { end, path } = await runStates(
        { app, promotion: id, attempt },
        {
          visit: () => undefined,
          wait: (seconds) => sleep(seconds * 1000 * waitScale),
          invoke: (task, run) => this.#invoke(task, run),
        }
      );
      this.ends.push(`${attempt}: ${end} (${path.join(' ')})`);
    } catch (error) {
      // A lost execution, or one that ran out of tries: the sweep's work either way.
      this.ends.push(`${attempt}: ${(error as Error).name} ${(error as Error).message}`);
    }
  }

  async #invoke(task: TaskName, run: Run): Promise<TaskResult> {
    this.#visits += 1;
    const visit = this.#visits;
    const { plan, strikes } = this.#setting;
    const due = plan.faults.filter((it) => 'visit' in it && it.visit === visit);
    for (const { kind } of due) strikes.struck.push(`visit ${visit}: ${kind} at ${task}`);
    const boundary = due.find((it) => it.kind === 'boundary');
    if (boundary?.when === 'before') throw new FunctionDiedError();
    const isTwice = due.some((it) => it.kind === 'twice');
    const invocations = [this.#once(task, run), ...(isTwice ? [this.#once(task, run)] : [])];
    const result = await Promise.race(invocations);
    if (boundary) throw new FunctionDiedError();
    return result;
  }

  #once(task: TaskName, run: Run): Promise<TaskResult> {
    const life = new Life();
    const work = runTasks(this.#setting.deps(life), { task, run });
    this.#setting.strikes.watchOver(work);
    return Promise.race([work.catch((error) => deathOr(life, error)), life.ended]);
  }
}

/** What the dead throw is for nobody: `ended` says how they died. */
const deathOr = (life: Life, error: unknown): Promise<never> => {
  if (life.isDead) return new Promise(() => undefined);
  throw error;
};

const nameOf = ({ app, id, attempt }: Attempt): string => `${app}-${id}-${attempt}`;

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
