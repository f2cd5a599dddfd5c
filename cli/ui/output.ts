import type { Sink } from '../host.ts';

/** What a command says. In text it is for people; under `--json` only records and results appear. */
export interface Output {
  readonly json: boolean;
  /** The stream of a person's terminal that can be redrawn, if there is one. */
  readonly terminal: Sink | undefined;
  /** A line of text. */
  print(line: string): void;
  /** A line beside the result, on stderr. */
  note(line: string): void;
  /** `Doing thing... `, which `done` completes with `OK` or `OK, <detail>`. */
  step(text: string): void;
  done(detail?: string): void;
  /** One JSON line of a command that streams. */
  record(value: object): void;
  /** What the command is about: the JSON document, or its text. */
  result(value: unknown, text?: string): void;
  /** The bare id on stdout, when the command was asked for it with `--id`. */
  id(id: string): void;
}

interface Form {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly json: boolean;
  /** One JSON object per line instead of one document. */
  readonly streams: boolean;
  /** Everything but an id, or content, goes to stderr. */
  readonly idOnly: boolean;
}

export const output = (form: Form): Output => (form.json ? jsonOutput(form) : textOutput(form));

const textOutput = ({ stdout, stderr, idOnly }: Form): Output => {
  const sink = idOnly ? stderr : stdout;
  return {
    json: false,
    terminal: !idOnly && sink.isTTY ? sink : undefined,
    print: (line) => void sink.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    step: (text) => void sink.write(`${text}... `),
    done: (detail) => void sink.write(detail ? `OK, ${detail}\n` : 'OK\n'),
    record: () => undefined,
    result: (_value, text) => void (text && sink.write(`${text}\n`)),
    id: (id) => void (idOnly && stdout.write(id)),
  };
};

const jsonOutput = ({ stdout, stderr, streams, idOnly }: Form): Output => {
  const sink = idOnly ? stderr : stdout;
  const line = (value: unknown): void => void sink.write(`${JSON.stringify(value)}\n`);
  const streamed = (value: object): void => void (streams && line(value));
  let current = '';
  return {
    json: true,
    terminal: undefined,
    print: () => undefined,
    note: () => undefined,
    step: (text) => {
      current = text;
      streamed({ type: 'step', text, status: 'started' });
    },
    done: (detail) => streamed({ type: 'step', text: current, status: 'ok', detail }),
    record: streamed,
    result: (value) =>
      streams
        ? line({ type: 'result', ...Object(value) })
        : void sink.write(`${JSON.stringify(value, null, 2)}\n`),
    id: (id) => void (idOnly && stdout.write(id)),
  };
};
