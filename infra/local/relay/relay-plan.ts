import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { PartPlan } from '../plane/start-part.ts';

/** The emulator's port once more, on an address that the cluster's nodes and pods can reach. */
export const relayPlan = (address: string, port: number): PartPlan => {
  const settings = { address, port: `${port}` };
  return {
    name: 'relay',
    command: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('main.ts', import.meta.url)),
      ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
    ],
    environment: {},
    port,
    settings,
    isReady: () => isListening(address, port),
    readyWithin: 15_000,
  };
};

const isListening = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5_000 });
    const answer = (listens: boolean) => (): void => {
      socket.destroy();
      resolve(listens);
    };
    socket.on('connect', answer(true)).on('error', answer(false)).on('timeout', answer(false));
  });
