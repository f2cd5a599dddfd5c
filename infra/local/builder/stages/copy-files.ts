import { BuildError } from '../build-error.ts';
import type { StepNotes } from '../build-log.ts';
import { flagOf, type Instruction } from '../dockerfile/instruction.ts';
import { splitWords } from '../dockerfile/split-words.ts';
import { asReadError, collectEntries } from '../files/collect-entries.ts';
import type { FileTree } from '../files/file-tree.ts';
import { findSources, type Source } from '../files/find-sources.ts';
import type { LayerEntry } from '../layers/layer-entry.ts';
import { addLayer } from './add-layer.ts';
import type { BuildRun } from './build-run.ts';
import { type Destination, findDestination, missingFolders } from './destination.ts';
import { refuseArchive } from './refuse-archive.ts';
import { sourceTree } from './source-tree.ts';
import type { Stage } from './stage.ts';

export interface CopyStep {
  readonly run: BuildRun;
  readonly instruction: Instruction;
  readonly note: StepNotes;
}

/** COPY, and ADD of local files. */
export const copyFiles = async (stage: Stage, step: CopyStep): Promise<void> => {
  const { run, instruction } = step;
  const words = instruction.list ?? splitWords(instruction.content, stage.escapeMark);
  const [target, ...patterns] = words.map((word) => stage.expand(word)).reverse();
  if (target === undefined || patterns.length === 0) {
    throw new BuildError(
      `${instruction.keyword} requires at least two arguments, but only one was provided`
    );
  }
  const tree = await sourceTree(run, flagOf(instruction, 'from'), step.note);
  const sources = await findAll(tree, patterns.reverse(), step);
  const destination = await findDestination(stage, target);
  if (sources.length > 1 && !destination.isWrittenAsFolder) {
    throw new BuildError(
      `When using ${instruction.keyword} with more than one source file, the destination must be a directory and end with a /`
    );
  }
  const placed = await placeAll(stage, { step, tree, sources, destination });
  const folders = await missingFolders(
    stage,
    placed.map(({ path }) => path)
  );
  try {
    await addLayer(stage, [...folders, ...placed], step);
  } catch (error) {
    throw isFileError(error) ? asReadError(tree, error.path, error) : error;
  }
};

const isFileError = (error: unknown): error is Error & { readonly path: string } =>
  error instanceof Error && 'path' in error && typeof error.path === 'string';

const findAll = async (
  tree: FileTree,
  patterns: readonly string[],
  { instruction, note }: CopyStep
): Promise<readonly Source[]> => {
  const sources: Source[] = [];
  for (const pattern of patterns) {
    const found = await findSources(tree, pattern);
    if (found.length === 0) note(`note: nothing matches ${pattern}`);
    if (instruction.keyword === 'ADD') await refuseArchives(found, instruction.line);
    sources.push(...found);
  }
  return sources;
};

const refuseArchives = async (sources: readonly Source[], line: number): Promise<void> => {
  for (const { path, name, stats } of sources) {
    if (stats.isFile()) await refuseArchive(path, name, line);
  }
};

interface Placement {
  readonly step: CopyStep;
  readonly tree: FileTree;
  readonly sources: readonly Source[];
  readonly destination: Destination;
}

const placeAll = async (
  stage: Stage,
  { step, tree, sources, destination }: Placement
): Promise<readonly LayerEntry[]> => {
  const mode = readMode(flagOf(step.instruction, 'chmod'), stage);
  const skipped = (path: string): void =>
    step.note(`note: ${path} is a socket, pipe or device: left out`);
  const entries: LayerEntry[] = [];
  for (const source of sources) {
    const target = targetOf(source, destination);
    entries.push(...(await collectEntries({ tree, mode, skipped }, source, target)));
  }
  const own = { type: 'Directory', path: destination.path, mode: 0o755 } as const;
  const makesFolder = sources.some(({ stats }) => stats.isDirectory()) && destination.path !== '';
  // A folder that is copied is made even when it is empty; one that is there keeps its mode.
  return makesFolder && !destination.isFolder ? [own, ...entries] : entries;
};

const targetOf = ({ stats, name }: Source, { path, isFolder }: Destination): string => {
  if (stats.isDirectory() || !isFolder) {
    return path;
  }
  return path === '' ? name : `${path}/${name}`;
};

/** Octal only, which the check before the build made sure of unless a variable stood there. */
const readMode = (flag: string | undefined, stage: Stage): number | undefined => {
  if (flag === undefined) {
    return undefined;
  }
  const mode = stage.expand(flag);
  if (!/^[0-7]{3,4}$/.test(mode)) {
    throw new BuildError(
      `invalid chmod parameter: '${mode}'. it should be octal string and between 0 and 07777`
    );
  }
  return Number.parseInt(mode, 8);
};
