import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Home } from './home.ts';
import type { PartPlan } from './start-part.ts';

/** What the embedded cluster prints, as one line of JSON, once it serves. */
export interface ClusterAddress {
  readonly kubeconfig: string;
  readonly port: number;
  /** Where apps answer, by host name. */
  readonly frontPort: number;
}

export const clusterPlan = (
  home: Home,
  port: number,
  variables: Readonly<Record<string, string | undefined>>
): PartPlan => ({
  name: 'cluster',
  command: process.execPath,
  args: [
    '--disable-warning=ExperimentalWarning',
    fileURLToPath(new URL('../cluster/main.ts', import.meta.url)),
    '--state-dir',
    home.cluster,
    '--port',
    `${port}`,
  ],
  environment: Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined)
  ),
  port,
  settings: { port: `${port}` },
  isReady: ({ log }) => readClusterAddress(log) !== undefined,
  readyWithin: 30_000,
});

/** `undefined` until the log has the line. */
export const readClusterAddress = (log: string): ClusterAddress | undefined => {
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  const line = lines.find((text) => text.startsWith('{') && text.includes('"kubeconfig"'));
  return line === undefined ? undefined : (JSON.parse(line) as ClusterAddress);
};
