import { changedSettings, type PolicyChange } from '#core/rendering/verdict-settings.ts';
import type { RecordedService, Recording } from '#core/verdicts/recording.ts';
import { type Frame, type Replay, replay } from '#core/verdicts/replay.ts';
import type { Verdict } from '#core/verdicts/verdict.ts';
import type { Action } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { describeLook } from './describe-look.ts';
import { parseChanges } from './parse-changes.ts';
import { type Recorded, readRecording } from './read-recording.ts';

/** An end that was or would be. */
interface End {
  readonly at: number;
  readonly kind: Verdict['kind'];
  readonly reason: string;
  readonly cause: string;
}

interface Line {
  readonly at: number;
  readonly text: string;
}

export const replayFile: Action = async ({ host, out }, { args: [file = ''], options }) => {
  const change = parseChanges(options.set ?? []);
  const recorded = await readRecording(host, file);
  const services = chosen(recorded.recording, options.service).map((it) => ({
    ...it,
    policy: changedSettings(it.policy, change),
  }));
  const result = replay({ recording: recorded.recording, services });
  const before = whatHappened(recorded);
  const after = endOf(result);
  const unless = result.unless && endOf(result.unless);
  const lines = linesOf(result.frames);
  const text = [
    ...lines.map(line),
    '',
    `Happened   ${sentence(before)}`,
    `Replayed   ${sentence(after)}${conditions(change, options.service)}`,
    ...(unless ? [`           if nothing changed after that: ${sentence(unless)}`] : []),
  ];
  out.result(
    {
      happened: before,
      replayed: after,
      ifNothingChanged: unless ?? null,
      policy: Object.fromEntries(services.map((it) => [it.name, it.policy])),
      lines,
    },
    text.join('\n')
  );
};

const chosen = ({ services }: Recording, name: string | undefined): readonly RecordedService[] => {
  const found = services.filter((it) => name === undefined || it.name === name);
  if (found.length > 0) return found;
  throw new CliError('ServiceNotFound', `the recording has no service ${name}`, {
    hint: `it has: ${services.map((it) => it.name).join(', ')}`,
  });
};

/** What evidence says of the promotion; a recording by itself is judged by its own policy. */
const whatHappened = ({ recording, end }: Recorded): End => {
  if (!end) return endOf(replay({ recording }));
  const at = recording.looks.reduce((all, it) => all + it.after, recording.rest);
  return { at, kind: 'failed', ...end };
};

const endOf = ({ verdict, at }: Pick<Replay, 'verdict' | 'at'>): End => ({
  at,
  kind: verdict.kind,
  reason: verdict.kind === 'failed' ? verdict.reason : '',
  cause: causeOf(verdict),
});

const causeOf = (verdict: Verdict): string => {
  if (verdict.kind === 'failed') return verdict.cause;
  return verdict.kind === 'progressing' ? `waits for ${verdict.waiting}` : '';
};

const linesOf = (frames: readonly Frame[]): readonly Line[] => {
  let waiting = '';
  return frames.flatMap(({ at, look, verdict }) => {
    const seen = look ? describeLook(look) : [];
    const now = verdict.kind === 'progressing' ? verdict.waiting : '';
    const isNew = now !== '' && now !== waiting;
    waiting = now;
    return [...seen, ...(isNew ? [`waits for ${now}`] : [])].map((text) => ({ at, text }));
  });
};

const line = ({ at, text }: Line): string => `${seconds(at).padStart(8)}  ${text}`;

const seconds = (at: number): string => `${(at / 1000).toFixed(1)} s`;

const sentence = ({ kind, at, reason, cause }: End): string => {
  if (kind === 'progressing') return `undecided when the recording ends, ${seconds(at)}: ${cause}`;
  if (kind === 'active') return `active after ${seconds(at)}`;
  return `${reason} after ${seconds(at)}: ${cause}`;
};

const conditions = (change: PolicyChange, service: string | undefined): string => {
  const all = Object.entries(change).map(([key, value]) => `${key}=${value}`);
  if (service) all.push(`only ${service}`);
  return all.length > 0 ? ` (${all.join(', ')})` : '';
};
