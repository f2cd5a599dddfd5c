import { fileURLToPath } from 'node:url';
import type { PartPlan } from '../plane/start-part.ts';

export interface FrontDoorTarget {
  readonly port: number;
  readonly upstreamPort: number;
  readonly apiId: string;
}

export const frontDoorPlan = ({ port, upstreamPort, apiId }: FrontDoorTarget): PartPlan => {
  const host = `${apiId}.execute-api.localhost`;
  const settings = { port: `${port}`, upstream: `${upstreamPort}`, host };
  return {
    name: 'front',
    command: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('main.ts', import.meta.url)),
      ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
    ],
    environment: {},
    port,
    settings,
    isReady: () => isListening(port),
    readyWithin: 15_000,
  };
};

/** Any answer will do: the API behind it needs a token. */
const isListening = async (port: number): Promise<boolean> => {
  try {
    const signal = AbortSignal.timeout(5_000);
    const answer = await fetch(`http://127.0.0.1:${port}/check`, { signal });
    await answer.arrayBuffer();
    return true;
  } catch {
    // Not listening yet.
    return false;
  }
};
