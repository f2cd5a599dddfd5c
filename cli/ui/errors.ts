import { styleText } from 'node:util';
import { ApiError, CliError, InterruptedError } from '../errors.ts';
import type { Sink } from '../host.ts';
import { nextStep } from './next-steps.ts';

const usage = 2;
const failure = 1;

/** What commander throws; it is told apart by its code so that commander need not be loaded here. */
interface ParserError {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
}

const isParserError = (error: unknown): error is ParserError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');

export const exitCodeFor = (error: unknown): number => {
  if (isParserError(error)) return error.exitCode === 0 ? 0 : usage;
  return error instanceof CliError ? error.exitCode : failure;
};

interface Report {
  readonly code: string;
  readonly detail: string;
  readonly hint: string | undefined;
}

/** The only place where an error becomes words on the screen. */
export const reportError = (error: unknown, stderr: Sink, json: boolean): void => {
  if (exitCodeFor(error) === 0) return;
  const report = toReport(error);
  stderr.write(json ? `${JSON.stringify(report)}\n` : text(report, error, stderr));
};

const toReport = (error: unknown): Report => {
  if (error instanceof CliError) {
    const detail = error.story.length > 0 ? error.story.join('; ') : error.message;
    return { code: error.code, detail, hint: hintOf(error, detail) };
  }
  if (isParserError(error)) {
    // commander's second line is its guess: (Did you mean releases?)
    const [detail = '', guess] = error.message.replace(/^error: /, '').split('\n');
    return { code: 'Usage', detail, hint: guess ?? 'add --help to see how the command is used' };
  }
  return {
    code: 'Unexpected',
    detail: `unexpected error: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'this is a bug in rackless; please report it with the lines below',
  };
};

/** The rack knows the reason, in words of the domain; the command that helps is ours to name. */
const hintOf = (error: CliError, detail: string): string | undefined => {
  const own = nextStep(error.code, detail);
  if (!(error instanceof ApiError)) return error.hint ?? own;
  return [error.hint, own].filter(Boolean).join('\n') || undefined;
};

/** The story of an error ends with the next step already, and the error itself stays the last line. */
const text = (report: Report, error: unknown, stderr: Sink): string => {
  const label = stderr.isTTY ? styleText('red', 'ERROR:', { validateStream: false }) : 'ERROR:';
  if (error instanceof CliError && error.story.length > 0) {
    return `${error.story.join('\n')}\n${label} ${error.message}\n`;
  }
  const hint = report.hint ? `  ${report.hint.replaceAll('\n', '\n  ')}\n` : '';
  // A person who pressed Ctrl-C knows: that is no error.
  const start = error instanceof InterruptedError ? report.detail : `${label} ${report.detail}`;
  return `${start}\n${hint}${trace(error)}`;
};

const trace = (error: unknown): string => {
  if (error instanceof CliError || isParserError(error)) return '';
  return error instanceof Error ? `${error.stack}\n` : '';
};
