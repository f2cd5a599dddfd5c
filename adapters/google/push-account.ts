import * as z from 'zod';
import { ConflictError } from '#core/errors.ts';
import type { GoogleApi } from './google-api.ts';
import { GoogleError } from './google-error.ts';
import {
  type AccountKind,
  type ArtifactRegistrySettings,
  accountEmail,
  accountId,
} from './resource-names.ts';

const ServiceAccount = z.object({
  email: z.string(),
  description: z.string().default(''),
  disabled: z.boolean().default(false),
});
type ServiceAccount = z.infer<typeof ServiceAccount>;

export interface AppAccount {
  readonly settings: ArtifactRegistrySettings;
  readonly app: string;
  readonly kind: AccountKind;
}

export const emailOf = ({ settings: { rack, project }, app, kind }: AppAccount): string =>
  accountEmail(project, accountId(rack, app, kind));

/**
 * Makes the account on first use, and wakes it when it was put to sleep.
 * @throws ConflictError for an account of that name that is not this app's.
 */
export const ensureAccount = async (api: GoogleApi, it: AppAccount): Promise<void> => {
  const { disabled } = (await find(api, it)) ?? (await create(api, it));
  if (disabled) await turn(api, it, 'enable');
};

/**
 * Puts an account to sleep: it is refused at once, with every token that it ever had. Awake again, it
 * is let in with those that have not expired.
 */
export const disableAccount = async (api: GoogleApi, it: AppAccount): Promise<void> => {
  const found = await find(api, it);
  if (found && !found.disabled) await turn(api, it, 'disable');
};

/** One that is not this app's stays. */
export const removeAccount = async (api: GoogleApi, it: AppAccount): Promise<void> => {
  const found = await look(api, it);
  if (found?.description !== descriptionOf(it)) return;
  await api.find(z.unknown(), {
    url: `${accounts(api, it)}/${found.email}`,
    method: 'DELETE',
    doing: `delete service account ${found.email}`,
  });
};

/** What tells an account from one that somebody made by hand. */
const descriptionOf = ({ settings: { rack }, app, kind }: AppAccount): string =>
  `rackless rack=${rack} app=${app} kind=${kind}`;

const accounts = (api: GoogleApi, { settings }: AppAccount): string =>
  `${api.endpoints.iam}/v1/projects/${settings.project}/serviceAccounts`;

const look = (api: GoogleApi, it: AppAccount): Promise<ServiceAccount | undefined> => {
  const email = emailOf(it);
  return api.find(ServiceAccount, {
    url: `${accounts(api, it)}/${email}`,
    doing: `show service account ${email}`,
  });
};

const find = async (api: GoogleApi, it: AppAccount): Promise<ServiceAccount | undefined> => {
  const found = await look(api, it);
  if (!found || found.description === descriptionOf(it)) return found;
  throw new ConflictError(`service account ${emailOf(it)} is not the one of app ${it.app}`, {
    hint: 'delete what is there, or keep the rack in a Google project of its own',
  });
};

const create = async (api: GoogleApi, it: AppAccount): Promise<ServiceAccount> => {
  const { rack } = it.settings;
  try {
    return await api.call(ServiceAccount, {
      url: accounts(api, it),
      doing: `make service account ${emailOf(it)}`,
      body: {
        accountId: accountId(rack, it.app, it.kind),
        serviceAccount: {
          displayName: `rackless: pushes ${it.app}`,
          description: descriptionOf(it),
        },
      },
    });
  } catch (error) {
    const found = error instanceof GoogleError && error.status === 409 && (await find(api, it));
    if (found) return found;
    throw error;
  }
};

const turn = async (api: GoogleApi, it: AppAccount, how: 'enable' | 'disable'): Promise<void> => {
  const email = emailOf(it);
  await api.call(z.unknown(), {
    url: `${accounts(api, it)}/${email}:${how}`,
    doing: `${how} service account ${email}`,
    body: {},
  });
};
