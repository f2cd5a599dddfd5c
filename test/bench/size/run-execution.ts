import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from './function-process.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Parameters?: { readonly Payload: { readonly task: string } };
  readonly Choices?: readonly { readonly StringEquals: string; readonly Next: string }[];
}

interface Run {
  readonly next?: string;
  readonly waitSeconds?: number;
}

export interface Execution {
  readonly end: string;
  /** Each state entered is one; Step Functions bills them. */
  readonly transitions: number;
  readonly invocations: number;
  /** Of the invocations, together. */
  readonly milliseconds: number;
  readonly peak: number;
  readonly cpu: number;
}

type Call = (event: object) => Promise<Answer<Run>>;

interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** Goes through promote.asl.json as Step Functions does, with a function that is given. */
export const runExecution = async (input: object, call: Call): Promise<Execution> => {
  const machine = JSON.parse(readFileSync('statemachines/promote.asl.json', 'utf8')) as Machine;
  let totals = { transitions: 0, invocations: 0, milliseconds: 0, peak: 0, cpu: 0 };
  let run: Run = { ...input };
  for (let name = machine.StartAt; ; ) {
    totals.transitions += 1;
    const state = machine.States[name];
    if (!state || state.Type === 'Succeed') return { end: name, ...totals };
    [run, totals] = await enter(call, { state, run, totals });
    name = following(state, run);
  }
};

type Totals = Omit<Execution, 'end'>;

interface Invocation {
  readonly state: State;
  readonly run: Run;
  readonly totals: Totals;
}

const enter = async (call: Call, step: Invocation): Promise<[Run, Totals]> => {
  if (step.state.Type === 'Task') return invoke(call, step);
  if (step.state.Type === 'Wait') await pause((step.run.waitSeconds ?? 1) * 1000);
  return [step.run, step.totals];
};

const invoke = async (call: Call, { state, run, totals }: Invocation): Promise<[Run, Totals]> => {
  const started = performance.now();
  const { result, peak, cpu } = await call({ task: state.Parameters?.Payload.task, run });
  const invocations = totals.invocations + 1;
  const milliseconds = totals.milliseconds + performance.now() - started;
  return [result, { ...totals, invocations, milliseconds, peak, cpu }];
};

const following = ({ Choices = [], Next = '' }: State, { next }: Run): string =>
  Choices.find((it) => it.StringEquals === next)?.Next ?? Next;
