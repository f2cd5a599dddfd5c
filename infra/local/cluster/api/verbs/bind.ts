import { conflict } from '../../status-error.ts';
import type { Answer } from '../answer.ts';
import { objectAt } from '../json.ts';
import { parseObjectBody } from '../parse-body.ts';
import { requireObject } from './read.ts';
import type { Write } from './write.ts';

/** POST to `pods/NAME/binding`: what a scheduler of one's own does. */
export const bind = ({ store, request }: Write): Answer => {
  const pod = requireObject(store, request);
  const spec = objectAt(pod.spec);
  const { name: nodeName } = objectAt(parseObjectBody(request), 'target');
  if (spec['nodeName'] !== undefined) {
    throw conflict('pods/binding', request.name ?? '', `pod is already assigned to a node`);
  }
  store.update('pods', { ...pod, spec: { ...spec, nodeName } });
  return {
    code: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
};
