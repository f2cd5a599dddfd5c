import type { KubernetesObject } from '../kubernetes/object.ts';
import { mebibytes, millicores } from '../kubernetes/quantity.ts';
import { annotations } from '../rendering/labels.ts';
import type { Container, Pod, PodSpec } from './pod.ts';
import { type ProcessStatus, processStatus } from './process-status.ts';

/** One pod of a service, in Convox's fields. `cpu` in thousandths of a core, `memory` in MiB. */
export interface Process {
  readonly id: string;
  readonly app: string;
  readonly command: string;
  readonly cpu: number;
  readonly gpu: number;
  readonly host: string;
  readonly image: string;
  readonly instance: string;
  readonly memory: number;
  readonly name: string;
  readonly ports: string[];
  /** The release that started it, which need not be the active one. */
  readonly release: string;
  readonly service: string;
  readonly started: string;
  readonly status: ProcessStatus;
}

const nothing: Container = { name: '' };

export const processOf = (object: KubernetesObject): Process => {
  const { metadata, spec = {}, status = {} } = object as Pod;
  const { app = '', service = '' } = metadata.labels ?? {};
  const { [annotations.release]: release = '' } = metadata.annotations ?? {};
  const { podIP = '' } = status;
  return {
    id: metadata.name,
    app,
    ...placeOf(spec),
    gpu: 0,
    host: podIP,
    name: service,
    release,
    service,
    started: metadata.creationTimestamp ?? '',
    status: processStatus(object as Pod),
  };
};

const placeOf = ({ nodeName: instance = '', containers: [container = nothing] = [] }: PodSpec) => {
  const { image = '', ports = [], resources } = container;
  const { cpu, memory } = resources?.requests ?? {};
  return {
    command: commandOf(container),
    cpu: millicores(cpu),
    memory: mebibytes(memory),
    image,
    instance,
    ports: ports.map((it) => String(it.containerPort)),
  };
};

/** Quoted so that it could be typed into a shell. */
const commandOf = ({ command = [], args = [] }: Container): string =>
  [...command, ...args].map(quoted).join(' ');

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
