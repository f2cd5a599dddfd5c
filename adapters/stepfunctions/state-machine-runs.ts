import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExportKey, ExportRuns } from '#core/archives/ports.ts';
import type { BuildRuns } from '#core/builds/ports.ts';
import type { PromotionRuns } from '#core/promotions/ports.ts';

/** Starts executions under a name that says what they are for: the same work starts once. */
const start = async (
  sfn: SFNClient,
  execution: { readonly machine: string; readonly name: string; readonly input: object }
): Promise<void> => {
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: execution.machine,
        name: execution.name,
        input: JSON.stringify(execution.input),
      })
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
};

const isRunning = async (sfn: SFNClient, machine: string, name: string): Promise<boolean> => {
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
  try {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
};

interface Attempt {
  readonly app: string;
  readonly id: string;
  readonly attempt: number;
}

export class StateMachinePromotionRuns implements PromotionRuns {
  readonly #sfn: SFNClient;
  readonly #machine: string;

  constructor(sfn: SFNClient, machine: string) {
    this.#sfn = sfn;
    this.#machine = machine;
  }

  start({ app, id, attempt }: Attempt): Promise<void> {
    const input = { v: 1, app, promotion: id, attempt };
    const name = promotionExecution({ app, id, attempt });
    return start(this.#sfn, { machine: this.#machine, name, input });
  }

  isRunning(run: Attempt): Promise<boolean> {
    return isRunning(this.#sfn, this.#machine, promotionExecution(run));
  }
}

const promotionExecution = ({ app, id, attempt }: Attempt): string => `${app}-${id}-${attempt}`;

export class StateMachineBuildRuns implements BuildRuns {
  readonly #sfn: SFNClient;
  readonly #machine: string;

  constructor(sfn: SFNClient, machine: string) {
    this.#sfn = sfn;
    this.#machine = machine;
  }

  start({ app, id }: { app: string; id: string }): Promise<void> {
    const input = { v: 1, app, build: id };
    return start(this.#sfn, { machine: this.#machine, name: `${app}-${id}`, input });
  }

  isRunning({ app, id }: { app: string; id: string }): Promise<boolean> {
    return isRunning(this.#sfn, this.#machine, `${app}-${id}`);
  }
}

export class StateMachineExportRuns implements ExportRuns {
  readonly #sfn: SFNClient;
  readonly #machine: string;

  constructor(sfn: SFNClient, machine: string) {
    this.#sfn = sfn;
    this.#machine = machine;
  }

  start({ app, id, run }: ExportKey): Promise<void> {
    const input = { v: 1, app, build: id, run };
    return start(this.#sfn, {
      machine: this.#machine,
      name: exportExecution({ app, id, run }),
      input,
    });
  }

  isRunning(key: ExportKey): Promise<boolean> {
    return isRunning(this.#sfn, this.#machine, exportExecution(key));
  }
}

const exportExecution = ({ app, id, run }: ExportKey): string => `${app}-${id}-${run}`;
