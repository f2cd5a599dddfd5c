import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PlaneError } from '../plane/plane-error.ts';
import { clientSettings } from './access.ts';
import { stage } from './stack.ts';

const functionName = `rackless-${stage}-sweep`;

/**
 * Runs the rack's own sweep at once. Executions end with the emulator, also with a clean stop; the sweep
 * finds the promotions and builds that they left and takes them to their end.
 */
export const sweep = async (port: number): Promise<void> => {
  const client = new LambdaClient(clientSettings(port));
  try {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: '{}' })
    );
    if (FunctionError === undefined) return;
    const text = Payload?.transformToString() ?? FunctionError;
    throw new PlaneError(`the sweep after the restart failed: ${text}`, {
      hint: 'promotions that ran when the emulator stopped stay as they are until it succeeds',
    });
  } finally {
    client.destroy();
  }
};
