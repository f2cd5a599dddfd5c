import { CliError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { ClusterAccess, ExecPlugin } from './read-kubeconfig.ts';

interface ExecCredential {
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
  };
}

/** Access with the credentials that the kubeconfig's program gives, if it names one. */
export const withCredentials = async (
  access: ClusterAccess,
  host: Pick<Host, 'run'>
): Promise<ClusterAccess> => {
  if (!access.exec) return access;
  const { status = {} } = await credential(access.exec, host);
  return {
    ...access,
    authorization: status.token ? `Bearer ${status.token}` : access.authorization,
    cert: status.clientCertificateData ?? access.cert,
    key: status.clientKeyData ?? access.key,
  };
};

const credential = async (
  { command, args, env, apiVersion }: ExecPlugin,
  host: Pick<Host, 'run'>
): Promise<ExecCredential> => {
  const question = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const lines: string[] = [];
  const code = await host.run(command, args, {
    env: { ...env, KUBERNETES_EXEC_INFO: JSON.stringify(question) },
    onLine: (line) => void lines.push(line),
  });
  const output = lines.join('\n');
  // Warnings of the program may stand around the document.
  const json = output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1);
  try {
    if (code === 0) return JSON.parse(json) as ExecCredential;
  } catch {
    // Said below, with the program's own words.
  }
  throw new CliError('NoCredentials', `${command} of the kubeconfig gave no credentials`, {
    hint: lines.at(-1) || `it ended with code ${code}`,
  });
};
