import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExportKey, ExportRuns } from '#core/archives/ports.ts';
import type { Build } from '#core/builds/build.ts';
import type { BuildRuns } from '#core/builds/ports.ts';
import type { Attempt, PromotionRuns } from '#core/promotions/ports.ts';

/** What an execution of a machine is called, and what it is given. */
interface Execution<Run> {
  readonly name: (run: Run) => string;
  readonly input: (run: Run) => object;
}

/** Executions of one state machine. Their names say what they are for: the same work starts once. */
class StateMachineRuns<Run> {
  readonly #sfn: SFNClient;
  readonly #machine: string;
  readonly #execution: Execution<Run>;

  /** `machine`: the ARN of the state machine. */
  constructor(sfn: SFNClient, machine: string, execution: Execution<Run>) {
    this.#sfn = sfn;
    this.#machine = machine;
    this.#execution = execution;
  }

  async start(run: Run): Promise<void> {
    const { name, input } = this.#execution;
    try {
      await this.#sfn.send(
        new StartExecutionCommand({
          stateMachineArn: this.#machine,
          name: name(run),
          input: JSON.stringify(input(run)),
        })
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }

  async isRunning(run: Run): Promise<boolean> {
    const executions = this.#machine.replace(':stateMachine:', ':execution:');
    const executionArn = `${executions}:${this.#execution.name(run)}`;
    try {
      const { status } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING';
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return false;
      throw error;
    }
  }
}

export class StateMachinePromotionRuns extends StateMachineRuns<Attempt> implements PromotionRuns {
  constructor(sfn: SFNClient, machine: string) {
    super(sfn, machine, {
      name: ({ app, id, attempt }) => `${app}-${id}-${attempt}`,
      input: ({ app, id, attempt }) => ({ v: 1, app, promotion: id, attempt }),
    });
  }
}

export class StateMachineBuildRuns
  extends StateMachineRuns<Pick<Build, 'app' | 'id'>>
  implements BuildRuns
{
  constructor(sfn: SFNClient, machine: string) {
    super(sfn, machine, {
      name: ({ app, id }) => `${app}-${id}`,
      input: ({ app, id }) => ({ v: 1, app, build: id }),
    });
  }
}

export class StateMachineExportRuns extends StateMachineRuns<ExportKey> implements ExportRuns {
  constructor(sfn: SFNClient, machine: string) {
    super(sfn, machine, {
      name: ({ app, id, run }) => `${app}-${id}-${run}`,
      input: ({ app, id, run }) => ({ v: 1, app, build: id, run }),
    });
  }
}
