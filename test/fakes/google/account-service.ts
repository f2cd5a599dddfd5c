import type { Reply } from '../aws-identity/http.ts';
import { apiFault } from './fault.ts';
import { bearerOf, type FakeRequest, json, ok, type Service } from './request.ts';
import type { Account, GoogleWorld } from './world.ts';

/** Identity and Access Management: service accounts of the project. */
export const accountService: Service = (world, request) => {
  const path = `/v1/projects/${world.project}/serviceAccounts`;
  if (request.path === path && request.method === 'POST') return create(world, request);
  const [, email = '', verb = request.method === 'DELETE' ? 'delete' : 'get'] =
    /^\/([^/:]+)(?::(\w+))?$/.exec(request.path.slice(path.length)) ?? [];
  if (!request.path.startsWith(path) || !email) return undefined;
  world.demand(bearerOf(request), `iam.serviceAccounts.${verb}`);
  const account = world.accounts.get(email);
  if (!account) throw apiFault('NOT_FOUND', `Unknown service account: ${email}`);
  if (verb === 'get') return ok(shown(world, account));
  change(world, account, verb);
  return ok({});
};

const change = (world: GoogleWorld, account: Account, verb: string): void => {
  if (verb === 'delete') world.removeAccount(account.email);
  else account.disabled = verb === 'disable';
};

const create = (world: GoogleWorld, request: FakeRequest): Reply => {
  world.demand(bearerOf(request), 'iam.serviceAccounts.create');
  const { accountId, serviceAccount = {} } = json(request);
  const id = String(accountId);
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])$/.test(id) || id.length < 6 || id.length > 30) {
    throw apiFault('INVALID_ARGUMENT', `Service account ID "${id}" is not valid.`);
  }
  const email = `${id}@${world.project}.iam.gserviceaccount.com`;
  if (world.accounts.has(email)) {
    throw apiFault(
      'ALREADY_EXISTS',
      `Service account ${id} already exists within project projects/${world.project}.`
    );
  }
  if (world.accounts.size >= 100) {
    throw apiFault('RESOURCE_EXHAUSTED', 'Maximum number of service accounts on project reached.');
  }
  const { displayName = '', description = '' } = serviceAccount as Partial<Account>;
  const since = world.clock() + world.accountDelay;
  const account = { email, displayName, description, disabled: false, since };
  world.accounts.set(email, account);
  return ok(shown(world, account));
};

/** Fields that hold nothing are left out, as everywhere in Google's JSON. */
const shown = (
  { project }: GoogleWorld,
  { email, disabled, displayName, description }: Account
): object => ({
  name: `projects/${project}/serviceAccounts/${email}`,
  projectId: project,
  email,
  displayName,
  description,
  ...(disabled && { disabled }),
});
