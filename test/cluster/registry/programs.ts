import { isInstalled } from '../bed/run-program.ts';

const needed = ['docker-registry', 'skopeo', 'openssl'];

/** Whether the real registries can be had here; says so when they can't. */
export const hasRegistryPrograms = (): boolean => {
  const missing = needed.filter((it) => !isInstalled(it));
  if (missing.length === 0) return true;
  console.warn(
    `SKIPPED: registries that check credentials: not installed: ${missing.join(', ')} (apt-get install ${missing.join(' ')})`
  );
  return false;
};
