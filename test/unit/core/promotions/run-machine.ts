import { readFileSync } from 'node:fs';
import type { EngineDependencies, Resume, Run } from '#core/promotions/engine/run.ts';
import { patiently } from '#core/promotions/engine/wait-for-cluster.ts';
import { promotionTasks } from '#core/promotions/tasks/tasks.ts';

interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly Parameters?: { readonly Payload: { readonly task: string } };
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

/**
 * Runs promote.asl.json as Step Functions does: payloads go through JSON, errors are caught by
 * name, choices and waits are those of the file. An error that nothing catches ends it.
 */
export const runMachine = async (
  deps: EngineDependencies,
  input: { readonly app: string; readonly promotion: string; readonly attempt: number },
  visit: (state: string) => unknown = () => undefined
): Promise<Execution> => {
  const path: string[] = [];
  let [name, data]: Step = [machine.StartAt, { v: 1, ...input }];
  for (;;) {
    path.push(name);
    await visit(name);
    const state = stateOf(name);
    if (state.Type === 'Succeed') return { end: name, path };
    [name, data] = await steps[state.Type](deps, state, data);
  }
};

type Step = [name: string, data: Data];

const steps = {
  Task: (deps: EngineDependencies, state: State, data: Data) => runTask(deps, state, data),
  Wait: async (_: EngineDependencies, state: State, data: Data): Promise<Step> => {
    await sleepFor(Number(field(data, state.SecondsPath)) * 1000);
    return [state.Next ?? '', data];
  },
  Choice: async (_: EngineDependencies, state: State, data: Data): Promise<Step> => [
    choose(state, data),
    data,
  ],
  Fail: (): Promise<Step> => Promise.reject(new Error('the execution failed')),
};

const stateOf = (name: string): State => {
  const state = machine.States[name];
  if (!state) throw new Error(`there is no state ${name}`);
  return state;
};

const field = (data: Data, path = ''): unknown => data[path.replace('$.', '')];

const runTask = async (deps: EngineDependencies, state: State, data: Data): Promise<Step> => {
  const task = state.Parameters?.Payload.task as keyof typeof promotionTasks;
  const run = JSON.parse(JSON.stringify(data)) as Run;
  try {
    const { v, app, promotion, attempt, fence } = run;
    const result = await patiently(promotionTasks[task], deps, {
      run: { v, app, promotion, attempt, fence },
      state: task as Resume,
    });
    return [state.Next ?? '', JSON.parse(JSON.stringify(result))];
  } catch (error) {
    const caught = state.Catch?.find((it) => it.ErrorEquals.includes((error as Error).name));
    if (!caught) throw error;
    return [caught.Next, data];
  }
};

/** Through the global timer, which tests replace. */
export const sleepFor = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const choose = (state: State, data: Data): string =>
  state.Choices?.find((it) => field(data, it.Variable) === it.StringEquals)?.Next ??
  state.Default ??
  '';
