import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { clientSettings } from './access.ts';

/** Also the rack's name: its apps live in namespaces `local-APP`. */
export const stage = 'local';

const stackName = `rackless-${stage}`;

export type StackOutputs = Readonly<Partial<Record<string, string>>>;

/** Outputs of the deployed stack; `undefined` when it is not there, or not in one piece. */
export const readStack = async (port: number): Promise<StackOutputs | undefined> => {
  const client = new CloudFormationClient(clientSettings(port));
  try {
    const { Stacks: [stack] = [] } = await client.send(
      new DescribeStacksCommand({ StackName: stackName })
    );
    if (!/^(CREATE|UPDATE)_COMPLETE$/.test(stack?.StackStatus ?? '')) return undefined;
    return Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])
    );
  } catch (error) {
    if ((error as Error).name === 'ValidationError') return undefined;
    throw error;
  } finally {
    client.destroy();
  }
};

export const outputNamed = (outputs: StackOutputs, name: string): string => {
  const value = outputs[name];
  if (value) return value;
  throw new Error(`the stack ${stackName} has no output ${name}`);
};
