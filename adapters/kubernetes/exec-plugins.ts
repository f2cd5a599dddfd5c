import { aksPlugin } from './aks-token.ts';
import { eksPlugin } from './eks-token.ts';
import { type ClusterToken, cannotRun, type ExecEntry, type ExecPlugin } from './exec-entry.ts';
import { gkePlugin } from './gke-token.ts';

/** Programs whose tokens a function makes itself, since it can't run them. */
const plugins: readonly ExecPlugin[] = [eksPlugin, aksPlugin, gkePlugin];

/**
 * The `authorization` header of an exec entry, made anew when its token is about to end.
 *
 * @throws UnavailableError for a program that is not known.
 */
export const execAuthorization = (entry: ExecEntry): (() => Promise<Record<string, string>>) => {
  const makeToken = plugins.map((it) => it(entry)).find((it) => it !== undefined);
  if (!makeToken) throw cannotRun(entry);
  let held: ClusterToken | undefined;
  return async () => {
    if (!held || held.until < Date.now()) held = await makeToken();
    return { authorization: `Bearer ${held.token}` };
  };
};
