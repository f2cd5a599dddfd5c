import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { type Recording, recordingVersion } from '#core/verdicts/recording.ts';
import { CliError } from '../../errors.ts';
import type { Host } from '../../host.ts';

/** A recording, and how the promotion ended that it was made in. */
export interface Recorded {
  readonly recording: Recording;
  /** Undefined for a recording by itself. */
  readonly end: { readonly reason: string; readonly cause: string } | undefined;
}

/**
 * Reads evidence or a recording; `-` is stdin.
 * @throws CliError when it is missing, no JSON, of another version or of another shape.
 */
export const readRecording = async (host: Host, file: string): Promise<Recorded> => {
  const given = parse(file, file === '-' ? await host.readInput() : read(host.cwd, file));
  const isEvidence = 'processes' in given || 'recording' in given;
  const recording = isEvidence ? given['recording'] : given;
  if (recording === undefined || recording === null) {
    throw new CliError('NoRecording', `${file} has no recording`, {
      hint: 'a promotion that failed before anything was watched has none; racks of an older version keep none',
    });
  }
  return {
    recording: checked(file, Object(recording)),
    end: isEvidence
      ? { reason: String(given['reason'] ?? ''), cause: String(given['cause'] ?? '') }
      : undefined,
  };
};

const read = (cwd: string, file: string): string => {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    const { code } = Object(cause) as { readonly code?: unknown };
    const what = code === 'ENOENT' ? `no such file: ${file}` : `cannot read ${file}: ${code}`;
    throw new CliError('UnreadableRecording', what, { hint: howToMake, cause });
  }
};

const howToMake = 'make one: rackless releases evidence RELEASE --json > evidence.json';

const parse = (file: string, text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch (cause) {
    throw new CliError('InvalidRecording', `${file} is not JSON: ${Object(cause).message}`, {
      hint: howToMake,
      cause,
    });
  }
  throw new CliError('InvalidRecording', `${file} is no evidence and no recording`, {
    hint: howToMake,
  });
};

const Count = z.number().nonnegative();
const Deployment = z.looseObject({ desired: Count, isCurrent: z.boolean(), updated: Count });
const Container = z.looseObject({ name: z.string(), restarts: Count, exits: Count });
const Pod = z.looseObject({
  phase: z.string(),
  isReady: z.boolean(),
  containers: z.array(Container),
});
const Change = z.looseObject({
  deployment: Deployment.nullish(),
  leaving: Count.optional(),
  pods: z.record(z.string(), Pod.nullable()).optional(),
});
const Policy = z.object({
  stable: Count,
  progressDeadline: Count,
  crashExits: Count,
  readyWithin: Count,
});
const Shape = z.looseObject({
  v: z.literal(recordingVersion),
  services: z.array(z.object({ name: z.string(), template: z.string(), policy: Policy })).min(1),
  unchanged: z.record(z.string(), z.object({ ready: Count, replicas: Count })),
  looks: z.array(z.looseObject({ after: Count, seen: z.record(z.string(), Change) })),
  rest: Count,
});

const checked = (file: string, given: { readonly v?: unknown }): Recording => {
  if (given.v !== undefined && given.v !== recordingVersion) {
    const what = `recording of version ${given.v}; this client reads version ${recordingVersion}`;
    throw new CliError('UnknownRecordingVersion', `${file} has a ${what}`, {
      hint: 'use the rackless that belongs to the rack: rackless version',
    });
  }
  const { success, data, error } = Shape.safeParse(given);
  if (success) return data as unknown as Recording;
  const [issue] = error.issues;
  const where = issue?.path.join('.') || 'recording';
  throw new CliError('InvalidRecording', `${file} is no recording: ${where}: ${issue?.message}`, {
    hint: howToMake,
  });
};
