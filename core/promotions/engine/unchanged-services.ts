import type { RenderedService } from '../../rendering/rendered-release.ts';
import type { Unchanged } from '../../verdicts/judge-service.ts';
import type { Plan } from './checkpoint.ts';

/** Services that keep their pods: judged "no worse than before". One that was not there is new. */
export const unchangedServices = ({
  rendered,
  previous,
  before,
}: Pick<Plan, 'rendered' | 'previous' | 'before'>): Readonly<Record<string, Unchanged>> =>
  Object.fromEntries(
    rendered.services
      .filter((it) => previous?.services.some((old) => isSame(old, it)))
      .flatMap(({ name }) => {
        const { ready = 0, replicas } = before[name] ?? {};
        return replicas === undefined ? [] : [[name, { ready, replicas }]];
      })
  );

const isSame = (one: RenderedService, other: RenderedService): boolean =>
  one.name === other.name && one.template === other.template;
