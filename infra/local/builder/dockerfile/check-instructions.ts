import { unsupported } from '../build-error.ts';
import type { Instruction } from './instruction.ts';
import type { StageText } from './read-dockerfile.ts';

/** Flags of COPY and ADD that are honoured, and those that are left out with a note. */
const copyFlags = ['from', 'chmod', 'chown', 'link'];

const ignoredFlags: Readonly<Record<string, string>> = {
  chown: 'files belong to root, and pods of the embedded cluster run as you',
  link: 'every layer stands on its own here',
  platform: 'images are built for this machine',
};

const ignoredInstructions: Readonly<Record<string, string>> = {
  HEALTHCHECK: 'Kubernetes has its own probes, which convox.yml describes',
};

const remote = /(?:^|\s|")(?:https?:\/\/|git:\/\/|ssh:\/\/|git@)/;

/**
 * Refuses what the built-in builder can't honour, before any work begins; throws `BuildError`. Returns
 * notes about what has no effect.
 */
export const checkInstructions = (stages: readonly StageText[]): readonly string[] =>
  stages.flatMap(({ from, instructions }) => [from, ...instructions].flatMap(check));

const check = (instruction: Instruction): readonly string[] => {
  const { keyword, line, content, hasHeredoc } = instruction;
  if (keyword === 'RUN') {
    throw unsupported(`RUN ${shorten(content)} needs a container`, line);
  }
  if (keyword === 'ONBUILD') {
    throw unsupported('ONBUILD leaves work to other builds', line);
  }
  if (hasHeredoc) {
    throw unsupported(`${keyword} has a here-document`, line);
  }
  if (keyword === 'ADD' && remote.test(content)) {
    throw unsupported(`ADD ${shorten(content)} would download files`, line);
  }
  if (keyword === 'ADD' || keyword === 'COPY') {
    checkFlags(instruction);
  }
  return notesOn(instruction);
};

const shorten = (content: string): string => {
  const text = content.replaceAll(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const checkFlags = ({ keyword, flags, line }: Instruction): void => {
  const unknown = flags.find(({ name }) => !copyFlags.includes(name));
  if (unknown !== undefined) {
    throw unsupported(`${keyword} has the flag --${unknown.name}`, line);
  }
  const mode = flags.find(({ name }) => name === 'chmod')?.value ?? '0';
  if (!/^[0-7]+$/.test(mode) && !mode.includes('$')) {
    throw unsupported(`${keyword} has --chmod=${mode}, which is no octal number`, line);
  }
};

const notesOn = ({ keyword, flags, line }: Instruction): readonly string[] => {
  const reason = ignoredInstructions[keyword];
  return [
    ...(reason === undefined ? [] : [`note: line ${line}: ${keyword} is ignored: ${reason}`]),
    ...flags.flatMap(({ name }) => {
      const why = keyword === 'HEALTHCHECK' ? undefined : ignoredFlags[name];
      return why === undefined ? [] : [`note: line ${line}: --${name} is ignored: ${why}`];
    }),
  ];
};
