import type { ProbeFinding, ProbeTarget, RegistryProbe } from '#core/registries/probe.ts';

/** Finds what a test says, and remembers what it was to try. */
export class ScriptedProbe implements RegistryProbe {
  readonly tried: ProbeTarget[] = [];
  findings: readonly ProbeFinding[] = [{ step: 'reach', trouble: undefined, detail: 'it answers' }];

  async probe(target: ProbeTarget): Promise<readonly ProbeFinding[]> {
    this.tried.push(target);
    return this.findings;
  }
}
