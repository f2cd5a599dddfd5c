import { readlinkSync } from 'node:fs';
import { endpointOf } from '../aws/access.ts';
import { deployStack } from '../aws/deploy-stack.ts';
import { clearEmulatorState, emulatorPlan, lastStop } from '../aws/emulator.ts';
import { installEmulator } from '../aws/emulator-install.ts';
import { storeKubeconfig } from '../aws/kubeconfig-secret.ts';
import { storeRackToken } from '../aws/rack-token.ts';
import { outputNamed, type StackOutputs, stage } from '../aws/stack.ts';
import { createTemporary } from '../aws/temporary-folder.ts';
import { frontDoorPlan } from '../front/front-door-plan.ts';
import { clusterPlan, readClusterAddress } from './embedded-cluster.ts';
import { ensurePart } from './ensure-part.ts';
import { createHome, type Home, homeAt } from './home.ts';
import { writeJsonFile } from './json-file.ts';
import { namedKubeconfig, portableKubeconfig } from './kubeconfig.ts';
import { adviceFor, appsInCluster } from './left-apps.ts';
import { withLock } from './lock.ts';
import { readPart } from './part.ts';
import { portOfPart } from './part-ports.ts';
import { PlaneError } from './plane-error.ts';
import type { Progress } from './progress.ts';
import { firstSettings, readSettings, type Settings, writeSettings } from './settings.ts';

export interface UpOptions {
  /** The state folder; `.rackless/` in the checkout when left out. */
  readonly home?: string | undefined;
  /** Drives this cluster instead of the embedded one. */
  readonly kubeconfig?: string | undefined;
  /** Of the front door. */
  readonly port?: number | undefined;
  /** Holds the emulator's switches, such as AUTH. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
}

export interface Plane {
  readonly rackUrl: string;
  readonly awsEndpoint: string;
  /** A file. */
  readonly kubeconfig: string;
  /** HOST:PORT where images are pushed to and pulled from. */
  readonly registry: string;
  /** Where apps answer on the embedded cluster, by host name. */
  readonly appPort: number | undefined;
}

/** Everything a step needs. Steps change `settings`, which are on disk at all times. */
interface Run extends UpOptions {
  readonly place: Home;
  settings: Settings;
}

const remember = (run: Run, change: Partial<Settings>): void => {
  run.settings = { ...run.settings, ...change };
  writeSettings(run.place, run.settings);
};

/** Brings the plane up, or makes good what is missing of it. Another `up` or `down` has to wait. */
export const up = async (options: UpOptions): Promise<Plane> => {
  const place = homeAt(options.home);
  createHome(place);
  const waiting = (pid: number): void =>
    options.progress(`waiting for process ${pid}, which works on this plane`);
  return withLock(place.lock, waiting, () => bringUp(options, place));
};

const bringUp = async (options: UpOptions, place: Home): Promise<Plane> => {
  const run: Run = { ...options, place, settings: readSettings(place) ?? firstSettings() };
  remember(run, {});
  const python = await installEmulator(run.progress);
  const cluster = await bringUpCluster(run);
  const emulator = await bringUpEmulator(run, python);
  const kubeconfig = portableKubeconfig(cluster.kubeconfig);
  await storeKubeconfig(emulator.port, kubeconfig);
  const outputs = await deploy(run, emulator.port);
  await storeRackToken(emulator.port, outputNamed(outputs, 'TableName'), run.settings.token);
  const front = await bringUpFront(run, emulator.port, outputs);
  if (run.settings.lost) await sayWhatWasLost(run, kubeconfig, cluster.kubeconfig);
  const plane: Plane = {
    rackUrl: `http://convox:${run.settings.token}@127.0.0.1:${front}`,
    awsEndpoint: endpointOf(emulator.port),
    kubeconfig: cluster.kubeconfig,
    registry: `127.0.0.1:${emulator.port}`,
    appPort: cluster.appPort,
  };
  writeJsonFile(place.address, plane);
  return plane;
};

interface ClusterInUse {
  readonly kubeconfig: string;
  readonly appPort: number | undefined;
}

const bringUpCluster = async (run: Run): Promise<ClusterInUse> => {
  const named = namedKubeconfig(run.kubeconfig ?? run.variables['KUBECONFIG']);
  const wanted = named ?? run.settings.kubeconfig;
  refuseOtherCluster(run, wanted);
  if (wanted !== undefined) {
    remember(run, { kubeconfig: wanted });
    run.progress(`cluster: the current context of ${wanted}`);
    return { kubeconfig: wanted, appPort: undefined };
  }
  const { place, variables, progress, settings } = run;
  const port = await portOfPart(place, 'cluster', {
    asked: undefined,
    remembered: settings.ports.cluster,
  });
  remember(run, { ports: { ...settings.ports, cluster: port } });
  const { record } = await ensurePart(place, clusterPlan(place, port, variables), progress);
  const address = readClusterAddress(record.log);
  if (!address) throw new PlaneError(`the cluster's address is not in ${record.log}`);
  progress(`cluster: embedded, on port ${address.port}; it runs the code of apps as you`);
  return { kubeconfig: address.kubeconfig, appPort: address.frontPort };
};

/** The table knows apps that live in one cluster. */
const refuseOtherCluster = ({ settings, place }: Run, wanted: string | undefined): void => {
  const { kubeconfig, deployed } = settings;
  if (deployed === undefined || wanted === kubeconfig) return;
  const now = kubeconfig ?? 'the embedded cluster';
  throw new PlaneError(`this plane drives ${now}; it cannot change over to ${wanted}`, {
    hint: `start a new one with \`npm run local -- down --clean\`, or keep it in ${place.root} and set RACKLESS_HOME to another folder`,
  });
};

const bringUpEmulator = async (
  run: Run,
  python: string
): Promise<{ readonly port: number; readonly started: boolean }> => {
  const { place, variables, progress, settings } = run;
  const asked = variables['GATEWAY_PORT'];
  const port = await portOfPart(place, 'emulator', {
    asked: asked === undefined ? undefined : Number(asked),
    remembered: settings.ports.emulator,
  });
  remember(run, { ports: { ...settings.ports, emulator: port } });
  const runs = readPart(place, 'emulator').state === 'running';
  if (!runs && lastStop(place) === 'unclean') {
    progress('the AWS emulator was killed and could not save its state: starting it empty');
    clearEmulatorState(place);
    remember(run, { deployed: '', lost: true });
  }
  const temporary = runs ? readlinkSync(place.temporary) : createTemporary(place);
  const plan = emulatorPlan({ home: place, python, port, temporary, variables });
  const { started } = await ensurePart(place, plan, progress);
  progress(`AWS emulator: ${endpointOf(port)}`);
  return { port, started };
};

const deploy = async (run: Run, port: number): Promise<StackOutputs> => {
  const { place, settings, progress } = run;
  const { deployed } = settings;
  const deployment = await deployStack({ home: place, port, parameters: {}, deployed, progress });
  remember(run, { deployed: deployment.fingerprint });
  return deployment.outputs;
};

const bringUpFront = async (run: Run, upstreamPort: number, outputs: StackOutputs) => {
  const { place, settings, progress } = run;
  const port = await portOfPart(place, 'front', {
    asked: run.port,
    remembered: settings.ports.front,
  });
  remember(run, { ports: { ...settings.ports, front: port } });
  const apiId = outputNamed(outputs, 'HttpApiId');
  await ensurePart(place, frontDoorPlan({ port, upstreamPort, apiId }), progress);
  progress(`rack: http://127.0.0.1:${port}`);
  return port;
};

const sayWhatWasLost = async (run: Run, kubeconfig: string, file: string): Promise<void> => {
  run.progress('lost: apps, releases, builds and promotions of this rack, and its images');
  const apps = await appsInCluster(kubeconfig, stage);
  for (const line of adviceFor(apps, file)) run.progress(line);
  remember(run, { lost: false });
};
