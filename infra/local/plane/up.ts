import { endpointOf } from '../aws/access.ts';
import { deployStack } from '../aws/deploy-stack.ts';
import { clearEmulatorState, emulatorPlan, type LastStop, lastStop } from '../aws/emulator.ts';
import { installEmulator } from '../aws/emulator-install.ts';
import { storeKubeconfig } from '../aws/kubeconfig-secret.ts';
import { storeRackToken } from '../aws/rack-token.ts';
import { outputNamed, type StackOutputs, stage } from '../aws/stack.ts';
import { sweep } from '../aws/sweep.ts';
import { createTemporary } from '../aws/temporary-folder.ts';
import { frontDoorPlan } from '../front/front-door-plan.ts';
import { relayPlan } from '../relay/relay-plan.ts';
import { bringUpCluster, wantedKubeconfig } from './bring-up-cluster.ts';
import { ensurePart } from './ensure-part.ts';
import { createHome, type Home, homeAt } from './home.ts';
import { writeJsonFile } from './json-file.ts';
import { portableKubeconfig } from './kubeconfig.ts';
import { adviceFor, appsInCluster } from './left-apps.ts';
import { withLock } from './lock.ts';
import { portOfPart } from './part-ports.ts';
import { firstSettings, readSettings, type Settings } from './settings.ts';
import { stackParameters } from './stack-parameters.ts';
import { remember, type UpOptions, type UpRun } from './up-run.ts';

export interface Plane {
  readonly rackUrl: string;
  readonly awsEndpoint: string;
  /** A file. */
  readonly kubeconfig: string;
  /** HOST:PORT where images are pushed to and pulled from. */
  readonly registry: string;
  /** Where apps answer by host name; only the embedded cluster has it. */
  readonly appPort: number | undefined;
}

/** Brings the plane up, or makes good what is missing of it. Another `up` or `down` has to wait. */
export const up = (options: UpOptions): Promise<Plane> => {
  const place = homeAt(options.home);
  createHome(place);
  const waiting = (pid: number): void =>
    options.progress(`waiting for process ${pid}, which works on this plane`);
  return withLock(place.lock, waiting, () =>
    bringUp({ ...options, place, settings: settingsFor(options, place) })
  );
};

/** What this plane remembers, with the parameters that are chosen now. */
const settingsFor = ({ parameters, address }: UpOptions, place: Home): Settings => {
  const settings = readSettings(place) ?? firstSettings();
  const chosen = { ...settings.parameters, ...parameters };
  return { ...settings, ...(address && { address }), parameters: chosen };
};

const bringUp = async (run: UpRun): Promise<Plane> => {
  const wanted = wantedKubeconfig(run);
  const python = await installEmulator(run.progress, run.signal);
  const cluster = await bringUpCluster(run, wanted);
  const kubeconfig = portableKubeconfig(cluster.kubeconfig);
  const port = await bringUpEmulator(run, python);
  await bringUpRelay(run, port);
  await storeKubeconfig(port, kubeconfig);
  const outputs = await deploy(run, port, cluster.appPort);
  await storeRackToken(port, outputNamed(outputs, 'TableName'), run.settings.token);
  const front = await bringUpFront(run, port, outputs);
  await sweepIfDue(run, port);
  if (run.settings.lost) await sayWhatWasLost(run, kubeconfig, cluster.kubeconfig);
  const plane: Plane = {
    rackUrl: `http://convox:${run.settings.token}@127.0.0.1:${front}`,
    awsEndpoint: endpointOf(port),
    kubeconfig: cluster.kubeconfig,
    registry: registryOf(run, port),
    appPort: cluster.appPort,
  };
  writeJsonFile(run.place.address, plane);
  return plane;
};

const bringUpEmulator = async (run: UpRun, python: string): Promise<number> => {
  const { place: home, variables, progress } = run;
  const { address } = run.settings;
  const asked = variables['GATEWAY_PORT'];
  const port = await portOfPart(run, 'emulator', asked === undefined ? undefined : Number(asked));
  const prepare = (): void => {
    remember(run, { sweepDue: takeStock(run) === 'clean' });
    createTemporary(home);
  };
  await ensurePart(run, { ...emulatorPlan({ home, python, port, variables, address }), prepare });
  progress(`AWS emulator: ${endpointOf(port)}`);
  return port;
};

/** Only for a cluster whose nodes or pods are not at home on this machine. */
const bringUpRelay = async (run: UpRun, port: number): Promise<void> => {
  const { address } = run.settings;
  if (!address) return;
  await ensurePart(run, relayPlan(address, port));
  run.progress(`for the cluster: http://${address}:${port}`);
};

const registryOf = ({ settings: { address = '127.0.0.1' } }: UpRun, port: number): string =>
  `${address}:${port}`;

const sweepIfDue = async (run: UpRun, port: number): Promise<void> => {
  if (!run.settings.sweepDue) return;
  await sweep(port);
  remember(run, { sweepDue: false });
};

/** What the emulator is about to start with. State that was not saved is older than the cluster's. */
const takeStock = (run: UpRun): LastStop => {
  const last = lastStop(run.place);
  if (last !== 'unclean') return last;
  run.progress('the AWS emulator was killed and could not save its state: starting it empty');
  clearEmulatorState(run.place);
  remember(run, { deployed: '', lost: true });
  return last;
};

const deploy = async (
  run: UpRun,
  port: number,
  appPort: number | undefined
): Promise<StackOutputs> => {
  const { place: home, progress, signal } = run;
  const { deployed, parameters: chosen } = run.settings;
  const registry = registryOf(run, port);
  const facts = { registry, emulatorPort: port, appPort };
  const parameters = { ...(await stackParameters(facts)), ...chosen };
  const options = { home, port, parameters, deployed, progress, signal };
  const { fingerprint, outputs } = await deployStack(options);
  remember(run, { deployed: fingerprint });
  return outputs;
};

const bringUpFront = async (
  run: UpRun,
  upstreamPort: number,
  outputs: StackOutputs
): Promise<number> => {
  const port = await portOfPart(run, 'front', run.port);
  const apiId = outputNamed(outputs, 'HttpApiId');
  await ensurePart(run, frontDoorPlan({ port, upstreamPort, apiId }));
  run.progress(`rack: http://127.0.0.1:${port}`);
  return port;
};

const sayWhatWasLost = async (run: UpRun, kubeconfig: string, file: string): Promise<void> => {
  run.progress('lost: apps, releases, builds and promotions of this rack, and its images');
  const apps = await appsInCluster(kubeconfig, stage);
  for (const line of adviceFor(apps, file)) run.progress(line);
  remember(run, { lost: false });
};
