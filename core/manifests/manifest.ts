import type { Problem } from './problem.ts';

/** A convox.yml that has been read and found good, with every default filled in. Times are seconds. */
export interface Manifest {
  readonly services: readonly Service[];
  /** What an author should know although the manifest can be used. */
  readonly warnings: readonly Problem[];
}

export interface Service {
  readonly name: string;
  readonly source: BuildSource | ImageSource;
  /** The container's arguments, to be split as a shell does; the image's own when undefined. */
  readonly command: string | undefined;
  /** Without a port there are no probes and no way in: a worker. */
  readonly port: Port | undefined;
  readonly health: Health;
  readonly liveness: Liveness | undefined;
  readonly startupProbe: StartupProbe | undefined;
  /** The manifest's own list first, then the service's. */
  readonly environment: readonly Variable[];
  readonly scale: Scale;
  readonly deployment: Deployment;
  readonly singleton: boolean;
  /** No way in from outside the cluster. */
  readonly internal: boolean;
  readonly termination: { readonly grace: number };
  /** Convox accepts it and does nothing with it on Kubernetes; nor do we. */
  readonly drain: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly privileged: boolean;
  readonly securityContext: SecurityContext;
}

export interface BuildSource extends Build {
  readonly kind: 'build';
}

export interface ImageSource {
  readonly kind: 'image';
  readonly image: string;
}

/** `path` is inside the source, without a leading `./`; `manifest` is the Dockerfile, from `path`. */
export interface Build {
  readonly path: string;
  readonly manifest: string;
  /** `K=V`, or `K` for the value of the build's environment. */
  readonly args: readonly string[];
}

export interface Port {
  readonly port: number;
  /** `http`, `https`, `grpc`, … in lower case. */
  readonly scheme: string;
}

/** The readiness check. Applies to a service with a port that does not speak gRPC. */
export interface Health {
  readonly disabled: boolean;
  readonly path: string;
  /** The service's own port when undefined. */
  readonly port: Port | undefined;
  readonly interval: number;
  readonly timeout: number;
  /** Before the first check. */
  readonly grace: number;
}

export interface ProbeTiming {
  readonly grace: number;
  readonly interval: number;
  readonly timeout: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export interface Liveness extends ProbeTiming {
  readonly path: string;
  readonly port: number | undefined;
}

export type StartupProbe = ProbeTiming &
  (
    | { readonly kind: 'http'; readonly path: string }
    | { readonly kind: 'tcp'; readonly port: number }
  );

/** Required when it has no default. A default may be empty. */
export interface Variable {
  readonly name: string;
  readonly default: string | undefined;
}

/** `cpu` in thousandths of a core, `memory` in MiB. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly cpu: number;
  readonly memory: number;
  readonly limit: { readonly cpu: number | undefined; readonly memory: number | undefined };
}

/** `minimum` and `maximum` are percent of the processes that run during an update. */
export interface Deployment {
  readonly minimum: number;
  readonly maximum: number;
  /** 0 switches it off; the rack's own when undefined. */
  readonly progressDeadline: number | undefined;
  /** -1 switches it off; the rack's own when undefined. */
  readonly crashRestartLimit: number | undefined;
  /** How long a new process must run without an exit. */
  readonly stable: number | undefined;
}

/** Only what the manifest says; the policy's own settings are added when objects are rendered. */
export interface SecurityContext {
  readonly allowPrivilegeEscalation: boolean | undefined;
  readonly readOnlyRootFilesystem: boolean | undefined;
  readonly runAsNonRoot: boolean | undefined;
  readonly runAsUser: number | undefined;
  readonly runAsGroup: number | undefined;
  readonly seccompProfile: 'RuntimeDefault' | 'Unconfined' | undefined;
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
}
