import { clusterPlan, readClusterAddress } from './embedded-cluster.ts';
import { ensurePart } from './ensure-part.ts';
import { namedKubeconfig, portableKubeconfig } from './kubeconfig.ts';
import { portOfPart } from './part-ports.ts';
import { PlaneError } from './plane-error.ts';
import { remember, type UpRun } from './up-run.ts';

export interface ClusterInUse {
  /** A file. */
  readonly kubeconfig: string;
  readonly appPort: number | undefined;
}

/** The file that the user names, now or the first time; `undefined` for the embedded cluster. */
export const wantedKubeconfig = (run: UpRun): string | undefined => {
  const named = namedKubeconfig(run.kubeconfig ?? run.variables['KUBECONFIG']);
  const wanted = named ?? run.settings.kubeconfig;
  refuseOtherCluster(run, wanted);
  if (wanted !== undefined) portableKubeconfig(wanted);
  return wanted;
};

/** Starts the embedded cluster, if it is that one. */
export const bringUpCluster = async (
  run: UpRun,
  wanted: string | undefined
): Promise<ClusterInUse> => {
  if (wanted === undefined) return bringUpEmbedded(run);
  remember(run, { kubeconfig: wanted });
  run.progress(`cluster: the current context of ${wanted}`);
  return { kubeconfig: wanted, appPort: undefined };
};

const bringUpEmbedded = async (run: UpRun): Promise<ClusterInUse> => {
  const port = await portOfPart(run, 'cluster', undefined);
  const { record } = await ensurePart(run, clusterPlan(run.place, port, run.variables));
  const address = readClusterAddress(record.log);
  if (!address) throw new PlaneError(`the cluster's address is not in ${record.log}`);
  run.progress(`cluster: embedded, on port ${address.port}; it runs the code of apps as you`);
  return { kubeconfig: address.kubeconfig, appPort: address.frontPort };
};

/** The table knows apps that live in one cluster. */
const refuseOtherCluster = ({ settings, place }: UpRun, wanted: string | undefined): void => {
  const { kubeconfig, deployed } = settings;
  if (deployed === undefined || wanted === kubeconfig) return;
  const now = kubeconfig ?? 'the embedded cluster';
  throw new PlaneError(`this plane drives ${now}; it cannot change over to ${wanted}`, {
    hint: `start anew with \`npm run local -- down --clean\`, or keep ${place.root} and set RACKLESS_HOME to another folder`,
  });
};
