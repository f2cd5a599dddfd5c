import { BuildError } from '../build-error.ts';
import type { Instruction } from '../dockerfile/instruction.ts';
import { splitWords } from '../dockerfile/split-words.ts';
import type { BuildRun } from './build-run.ts';
import { platformValues } from './platform-values.ts';
import type { Stage } from './stage.ts';

type Apply = (stage: Stage, instruction: Instruction, run: BuildRun) => void;

const wordsOf = (stage: Stage, { content, list }: Instruction): readonly string[] =>
  (list ?? splitWords(content, stage.escapeMark)).map((word) => stage.expand(word));

/** `NAME=VALUE …`, or the old form `NAME the rest of the line`. */
const pairsOf = (stage: Stage, { keyword, content }: Instruction): [string, string][] => {
  const words = splitWords(content, stage.escapeMark);
  const [first = ''] = words;
  if (!first.includes('=')) {
    const value = content.slice(first.length).trim();
    if (value === '') {
      throw new BuildError(`${keyword} must have two arguments`);
    }
    return [[stage.expand(first), stage.expand(value)]];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 1) {
      throw new BuildError(
        `Syntax error - can't find = in "${word}". Must be of the form: name=value`
      );
    }
    return [stage.expand(word.slice(0, equals)), stage.expand(word.slice(equals + 1))];
  });
};

/** JSON list as it is; anything else is for the shell, which replaces variables itself. */
const commandOf = ({ settings }: Stage, { list, content }: Instruction): string[] =>
  list === undefined ? [...(settings.Shell ?? ['/bin/sh', '-c']), content] : [...list];

const asKeys = (names: readonly string[]): Record<string, object> =>
  Object.fromEntries(names.map((name) => [name, {}]));

/** `80`, `80/udp`, `8000-8002/tcp`: one key for each port. */
const portKeys = (word: string): readonly string[] => {
  const [, first, last, protocol = 'tcp'] =
    /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(word) ?? [];
  const from = Number(first);
  const to = Number(last ?? first);
  if (!(from >= 1 && to <= 65_535 && from <= to)) {
    throw new BuildError(`invalid containerPort: ${word}`);
  }
  return Array.from({ length: to - from + 1 }, (_, at) => `${from + at}/${protocol.toLowerCase()}`);
};

const declareArguments: Apply = (stage, { content }, { buildArgs, globals }) => {
  for (const word of splitWords(content, stage.escapeMark)) {
    const [name = '', ...rest] = word.split('=');
    const own = rest.length > 0 ? stage.expand(rest.join('=')) : globals.get(name);
    const value = buildArgs[name] ?? own ?? platformValues().get(name);
    if (value !== undefined) stage.values.set(name, value);
  }
};

/** Instructions that change what the image says about itself, and no files. */
export const settingsInstructions: Readonly<Record<string, Apply>> = {
  ARG: declareArguments,
  ENV: (stage, instruction) => stage.setEnvironment(pairsOf(stage, instruction)),
  LABEL: (stage, instruction) => {
    const labels = Object.fromEntries(pairsOf(stage, instruction));
    stage.settings.Labels = { ...stage.settings.Labels, ...labels };
  },
  EXPOSE: (stage, instruction) => {
    const words = wordsOf(stage, instruction).flatMap((word) => word.split(/\s+/));
    const ports = words.filter((word) => word !== '').flatMap(portKeys);
    stage.settings.ExposedPorts = { ...stage.settings.ExposedPorts, ...asKeys(ports) };
  },
  CMD: (stage, instruction) => {
    stage.settings.Cmd = commandOf(stage, instruction);
    stage.hasOwnCommand = true;
  },
  ENTRYPOINT: (stage, instruction) => {
    stage.settings.Entrypoint = commandOf(stage, instruction);
    if (!stage.hasOwnCommand) delete stage.settings.Cmd;
  },
  USER: (stage, { content }) => {
    stage.settings.User = stage.expand(content);
  },
  VOLUME: (stage, instruction) => {
    const volumes = asKeys(wordsOf(stage, instruction));
    stage.settings.Volumes = { ...stage.settings.Volumes, ...volumes };
  },
  STOPSIGNAL: (stage, { content }) => {
    stage.settings.StopSignal = stage.expand(content);
  },
  SHELL: (stage, { list }) => {
    if (list === undefined || list.length === 0) {
      throw new BuildError('SHELL requires the arguments to be in JSON form');
    }
    stage.settings.Shell = [...list];
  },
  MAINTAINER: (stage, { content }) => {
    stage.author = content;
  },
  HEALTHCHECK: () => {
    // Kubernetes has its own probes; the check before the build says that this one is left out.
  },
};
