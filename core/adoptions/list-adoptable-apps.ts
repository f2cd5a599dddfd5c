import { DomainError } from '../errors.ts';
import type { AppKey } from '../rendering/labels.ts';
import { findActiveCopy, findApps } from '../rescue/find-apps.ts';
import type { AdoptionDependencies } from './adopt-app.ts';

/** The apps that the rack's cluster has, and what can be done with each. */
export const listAdoptableApps =
  (deps: Pick<AdoptionDependencies, 'rack' | 'cluster' | 'apps'>) => async () => {
    const found = await findApps(deps.cluster, deps.rack);
    const listed = await Promise.all(found.map((key) => describe(deps, key)));
    return listed.toSorted((one, other) => (one.app < other.app ? -1 : 1));
  };

const describe = async (
  { cluster, apps }: Pick<AdoptionDependencies, 'cluster' | 'apps'>,
  key: AppKey
) => {
  if (await apps.find(key.app)) return shown(key, 'known');
  try {
    const { release, kept } = await findActiveCopy(cluster, key);
    return { ...shown(key, 'adoptable'), release: release.id, active: kept };
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
    return { ...shown(key, 'lost'), reason: error.message };
  }
};

const shown = ({ app }: AppKey, state: 'adoptable' | 'known' | 'lost') => ({
  app,
  state,
  release: '',
  active: '',
  reason: '',
});
