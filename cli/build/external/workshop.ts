import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import type { Builder } from './builder.ts';
import type { FoundBuilder } from './find-builder.ts';

/** A command of the builder that failed, with all that it printed. */
export class BuilderFailure extends CliError {
  readonly lines: readonly string[];

  constructor(message: string, lines: readonly string[]) {
    super('BuilderFailed', message, { hint: 'what it printed is above' });
    this.lines = lines;
  }
}

/** Where one external build works: a temporary folder, the builder, and the log of all it printed. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'rackless-build-'));
  readonly builder: Builder;
  /** With its version. */
  readonly builderName: string;
  readonly #context: Context;
  readonly #log: string[] = [];

  constructor(context: Context, { builder, version }: FoundBuilder) {
    this.#context = context;
    this.builder = builder;
    this.builderName = `${builder.name} ${version}`;
  }

  get log(): string {
    return this.#log.map((line) => `${line}\n`).join('');
  }

  say(line: string): void {
    this.#log.push(line);
    this.#context.out.record({ type: 'event', text: line });
    this.#context.out.print(line);
  }

  /** Runs the builder and gives back what it printed. @throws CliError when it fails. */
  async run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {}
  ): Promise<string[]> {
    const { name } = this.builder;
    const lines: string[] = [];
    const onLine = (line: string): void => {
      lines.push(line);
      this.say(line);
    };
    const code = await this.#context.host.run(name, args, { env, onLine });
    if (code === 0) return lines;
    throw new BuilderFailure(
      `${name} ${args.find(isCommand)} failed with exit code ${code}`,
      lines
    );
  }

  /** Runs the builder for what nobody needs to read. Gives what it said; undefined when it failed. */
  runQuietly(args: readonly string[]): Promise<string | undefined> {
    return this.#context.host.capture(this.builder.name, args);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8').trim();
  }

  /** Nothing that was written for this build stays: it holds a credential. */
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const isCommand = (argument: string): boolean => /^(build|push|tag|rmi)$/.test(argument);
