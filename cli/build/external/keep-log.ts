import { storeObject } from '#contracts/objects.ts';
import type { Call } from '../../api-client.ts';

/** One request holds no more; the end of a log is what tells why a build failed. */
const longest = 4_000_000;

/** Keeps what the builder printed, where `builds logs` finds it. Gives the object's address. */
export const keepLog = async (
  call: Call,
  { app, build, log }: { readonly app: string; readonly build: string; readonly log: string }
): Promise<string> => {
  const body = Buffer.from(log).subarray(-longest).toString('base64');
  const { Url } = await call(storeObject, { app, key: `build/${build}/logs`, body });
  return Url;
};
