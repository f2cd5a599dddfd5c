import type { KubernetesObject } from '../../kubernetes/object.ts';

interface RawNode {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

/** What is wrong with a node: pressure, no network, not ready, cordoned. Nothing for a healthy one. */
export const nodeTrouble = (node: KubernetesObject): readonly string[] => {
  const { spec, status } = node as KubernetesObject & RawNode;
  const bad = (status?.conditions ?? []).filter(({ type, status: is }) =>
    type === 'Ready' ? is !== 'True' : is === 'True'
  );
  return [
    ...bad.map(({ type, message }) =>
      [`${node.metadata.name}: ${type === 'Ready' ? 'NotReady' : type}`, message]
        .filter(Boolean)
        .join(': ')
    ),
    ...(spec?.unschedulable ? [`${node.metadata.name}: cordoned`] : []),
  ];
};
