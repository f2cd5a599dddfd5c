import { readFileSync } from 'node:fs';
import type { EngineDependencies, Resume, Run, TaskResult } from '#core/promotions/engine/run.ts';
import { patiently } from '#core/promotions/engine/wait-for-cluster.ts';
import { promotionTasks } from '#core/promotions/tasks/tasks.ts';

interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly Parameters?: { readonly Payload: { readonly task: string } };
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts: number;
  }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly {
    readonly Variable: string;
    readonly StringEquals: string;
    readonly Next: string;
  }[];
  readonly Default?: string;
  readonly SecondsPath?: string;
}

type Data = Readonly<Record<string, unknown>>;

const file = new URL('../../../../statemachines/promote.asl.json', import.meta.url);

export const machine = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};

export interface Execution {
  /** The state in which it ended. */
  readonly end: string;
  readonly path: readonly string[];
}

export type TaskName = keyof typeof promotionTasks;

/** What carries a machine's states out. */
export interface Hands {
  /** Runs a task as its function would. */
  readonly invoke: (task: TaskName, run: Run) => Promise<TaskResult>;
  readonly wait: (seconds: number) => Promise<unknown>;
  readonly visit: (state: string) => unknown;
}

interface Input {
  readonly app: string;
  readonly promotion: string;
  readonly attempt: number;
}

/** Runs promote.asl.json with each task in this process, and waits through the global timer. */
export const runMachine = (
  deps: EngineDependencies,
  input: Input,
  visit: (state: string) => unknown = () => undefined
): Promise<Execution> =>
  runStates(input, {
    visit,
    wait: (seconds) => sleepFor(seconds * 1000),
    invoke: (task, run) =>
      patiently(promotionTasks[task], deps, { run, state: task satisfies Resume }),
  });

/**
 * Runs promote.asl.json as Step Functions does: payloads go through JSON, errors are tried again and
 * caught by name, choices and waits are those of the file. An error that nothing catches ends it.
 * The time between two tries is left out.
 */
export const runStates = async (input: Input, hands: Hands): Promise<Execution> => {
  const path: string[] = [];
  let [name, data]: Step = [machine.StartAt, { v: 1, ...input }];
  for (;;) {
    path.push(name);
    await hands.visit(name);
    const state = stateOf(name);
    if (state.Type === 'Succeed') return { end: name, path };
    [name, data] = await steps[state.Type](hands, state, data);
  }
};

type Step = [name: string, data: Data];

const steps = {
  Task: (hands: Hands, state: State, data: Data) => runTask(hands, state, data),
  Wait: async ({ wait }: Hands, state: State, data: Data): Promise<Step> => {
    await wait(Number(field(data, state.SecondsPath)));
    return [state.Next ?? '', data];
  },
  Choice: async (_: Hands, state: State, data: Data): Promise<Step> => [choose(state, data), data],
  Fail: (): Promise<Step> => Promise.reject(new Error('the execution failed')),
};

const stateOf = (name: string): State => {
  const state = machine.States[name];
  if (!state) throw new Error(`there is no state ${name}`);
  return state;
};

const field = (data: Data, path = ''): unknown => data[path.replace('$.', '')];

const runTask = async (hands: Hands, state: State, data: Data): Promise<Step> => {
  const task = state.Parameters?.Payload.task as TaskName;
  const { v, app, promotion, attempt, fence } = JSON.parse(JSON.stringify(data)) as Run;
  try {
    const run = { v, app, promotion, attempt, fence };
    const result = await tryTask(state, () => hands.invoke(task, run));
    return [state.Next ?? '', JSON.parse(JSON.stringify(result))];
  } catch (error) {
    const caught = state.Catch?.find((it) => isOneOf(it.ErrorEquals, error));
    if (!caught) throw error;
    return [caught.Next, data];
  }
};

const isOneOf = (names: readonly string[], error: unknown): boolean =>
  names.includes((error as Error).name);

const tryTask = async (
  { Retry = [] }: State,
  work: () => Promise<TaskResult>
): Promise<TaskResult> => {
  const tried = new Map<unknown, number>();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const retrier = Retry.find((it) => isOneOf(it.ErrorEquals, error));
      const count = (tried.get(retrier) ?? 0) + 1;
      if (!retrier || count > retrier.MaxAttempts) throw error;
      tried.set(retrier, count);
    }
  }
};

/** Through the global timer, which tests replace. */
export const sleepFor = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const choose = (state: State, data: Data): string =>
  state.Choices?.find((it) => field(data, it.Variable) === it.StringEquals)?.Next ??
  state.Default ??
  '';
