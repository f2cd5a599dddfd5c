import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { FreePorts } from '#infra/local/cluster/node/host/free-ports.ts';
import { readJsonFile, writeJsonFile } from '#infra/local/plane/json-file.ts';
import { withLock } from '#infra/local/plane/lock.ts';
import { PlaneError } from '#infra/local/plane/plane-error.ts';
import { buildKubernetes } from './build-kubernetes.ts';
import { pushBusyboxImage } from './busybox-image.ts';
import { makeCertificates } from './certificates.ts';
import { cgroupFolders } from './clean-node.ts';
import { stopAll } from './down.ts';
import { keepAtHome } from './keep-at-home.ts';
import { isRunning, partNames, startPart } from './part.ts';
import { createPlace, type Place } from './place.ts';
import { clusterPlans, registryPlan } from './plans.ts';
import { installPackages, requireMachine } from './requirements.ts';
import {
  configOf,
  type Ports,
  pauseImage,
  podGateway,
  registries,
  writeSettings,
} from './settings-files.ts';

export interface BedAddress {
  readonly kubeconfig: string;
  /** Host and port; plain http. */
  readonly registry: string;
  /** Of this machine, as pods see it. */
  readonly address: string;
  /** Where the node looks up how to speak to a registry: see trust-registry.ts. */
  readonly registries: string;
  /** An image of busybox in that registry. */
  readonly image: string;
}

export type Progress = (line: string) => void;

/** Leaves a cluster running; a broken one is replaced by a fresh one. */
export const up = async (place: Place, progress: Progress): Promise<BedAddress> => {
  requireMachine(place.binary);
  mkdirSync(dirname(place.lock), { recursive: true });
  const waiting = (pid: number) => progress(`waiting for process ${pid}, which works on a cluster`);
  return await withLock(place.lock, waiting, async () => {
    const address = readJsonFile<BedAddress>(place.address);
    if (address && partNames.every((name) => isRunning(place, name))) return address;
    refuseSecond(place);
    installPackages(progress);
    buildKubernetes(place.binary, progress);
    await stopAll(place);
    return await start(place, progress);
  });
};

/** A machine has one pod network of ours. */
const refuseSecond = ({ root, owner }: Place): void => {
  const other = readJsonFile<Place>(owner);
  if (!other || other.root === root || !partNames.some((name) => isRunning(other, name))) return;
  throw new PlaneError(`a test cluster runs already, in ${other.root}`, {
    hint: `use it, or stop it: RACKLESS_HOME=${dirname(other.root)} npm run cluster -- down`,
  });
};

const start = async (place: Place, progress: Progress): Promise<BedAddress> => {
  createPlace(place);
  writeJsonFile(place.owner, place);
  try {
    const ports = await takePorts();
    makeCertificates(place.pki);
    writeSettings(place, ports);
    await startPart(place, registryPlan(place, ports));
    const address = pushImages(place, ports);
    keepAtHome();
    for (const folder of cgroupFolders(place)) mkdirSync(folder, { recursive: true });
    for (const plan of clusterPlans(place, ports)) {
      progress(`starting ${plan.name}`);
      await startPart(place, plan);
    }
    writeJsonFile(place.address, address);
    return address;
  } catch (error) {
    // The end of the log is in the error; nothing half-started stays.
    await stopAll(place);
    throw error;
  }
};

const takePorts = async (): Promise<Ports> => {
  const free = new FreePorts();
  return {
    etcd: await free.take(),
    etcdPeer: await free.take(),
    api: await free.take(),
    kubelet: await free.take(),
    registry: await free.take(),
    proxy: await free.take(),
  };
};

const pushImages = (place: Place, ports: Ports): BedAddress => {
  const registry = `127.0.0.1:${ports.registry}`;
  const wait = 'trap "exit 0" TERM INT; while :; do sleep 86400 & wait; done';
  pushBusyboxImage({ registry, name: pauseImage, command: ['sh', '-c', wait] });
  const image = pushBusyboxImage({ registry, name: 'bed/tools:1', command: ['sh'] });
  const known = { address: podGateway, registries: configOf(place, registries) };
  return { kubeconfig: place.kubeconfig, registry, image, ...known };
};
