import type { ImageConfig } from '../images/image-config.ts';
import type { Container } from '../wire-objects.ts';
import { expandVariables } from './expand-variables.ts';

/**
 * What a container runs: `command` replaces the image's entrypoint and drops its Cmd, `args` replaces
 * its Cmd. Variables are expanded in what the pod says, never in what the image says.
 */
export const commandLine = (
  { command = [], args = [] }: Container,
  { Entrypoint, Cmd }: ImageConfig,
  environment: Readonly<Record<string, string>>
): readonly string[] => {
  const expand = (text: string): string => expandVariables(text, environment);
  const entrypoint = command.length > 0 ? command.map(expand) : [...(Entrypoint ?? [])];
  const imageArguments = command.length > 0 ? [] : [...(Cmd ?? [])];
  return [...entrypoint, ...(args.length > 0 ? args.map(expand) : imageArguments)];
};
