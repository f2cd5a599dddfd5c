import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('function-main.ts', import.meta.url));

export interface Answer<Result> {
  readonly result: Result;
  /** The most memory that the process has held since its start, bytes. */
  readonly peak: number;
  /** Seconds of CPU since its start. */
  readonly cpu: number;
}

/** A function in a process of its own, as it stands in its bundle. Its log is left out. */
export class FunctionProcess {
  readonly #child: ReturnType<typeof fork>;

  private constructor(child: ReturnType<typeof fork>) {
    this.#child = child;
  }

  static async start(
    bundle: string,
    env: Readonly<Record<string, string>>
  ): Promise<FunctionProcess> {
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
    const child = fork(program, [bundle], { env, stdio: [...stdio], execArgv: [] });
    await once(child, 'message');
    return new FunctionProcess(child);
  }

  async call<Result>(event: object): Promise<Answer<Result>> {
    this.#child.send(event);
    const [answer] = (await once(this.#child, 'message')) as [Answer<Result> & { error?: string }];
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  close(): void {
    this.#child.kill();
  }
}
