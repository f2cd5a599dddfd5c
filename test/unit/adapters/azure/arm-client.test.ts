import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AcrRegistry } from '#adapters/azure/acr-registry.ts';
import { ResourceManager } from '#adapters/azure/arm-client.ts';
import { type Call, type LocalServer, type Reply, serve } from '#test/fakes/aws-identity/http.ts';

const id =
  '/subscriptions/1/resourceGroups/r/providers/Microsoft.ContainerRegistry/registries/acme';
const entra = { token: async (scope: string) => `token for ${scope}` };
let server: LocalServer;
let calls: string[];
let pauses: number[];
let answer: (call: Call) => Reply;

beforeEach(async () => {
  [calls, pauses] = [[], []];
  server = await serve((call) => {
    calls.push(`${call.method} ${call.url.pathname}`);
    return answer(call);
  });
});

afterEach(() => server.close());

const cloud = () => ({
  authority: '',
  assertionAudience: '',
  resourceManager: server.url,
  resourceManagerScope: 'manager/.default',
});

const pause = async (milliseconds: number): Promise<void> => {
  pauses.push(milliseconds);
};

const manager = (): ResourceManager => new ResourceManager({ entra, pause }, cloud());

test('sends its token nowhere else, wherever an answer points', async () => {
  answer = () => ({ status: 202, headers: { location: 'https://evil.example.com/result' } });

  await expect(manager().act(id, 'generateCredentials', {})).rejects.toThrow(
    'Azure points to https://evil.example.com, which is not its resource manager'
  );
  answer = () => ({
    status: 200,
    body: { value: [], nextLink: 'http://evil.example.com/page' },
  });
  await expect(manager().list(`${id}/tokens`)).rejects.toThrow('http://evil.example.com');
});

test('gives up a change that does not end', async () => {
  answer = () => ({ status: 201, body: { properties: { provisioningState: 'Creating' } } });

  await expect(manager().put(`${id}/tokens/one`, {})).rejects.toMatchObject({
    name: 'UnavailableError',
    message: `Azure did not finish its change of ${id}/tokens/one in time`,
  });
  // Three changes are made for a grant, and the gateway waits for 29 s.
  expect(pauses.reduce((sum, it) => sum + it, 0)).toBeLessThan(12_000);
});

test('tells of a change that failed', async () => {
  answer = () => ({ status: 201, body: { properties: { provisioningState: 'Failed' } } });

  await expect(manager().put(`${id}/tokens/one`, {})).rejects.toThrow(`${id}/tokens/one is Failed`);
});

test('waits as long as it is asked to, up to five seconds, and not for ever', async () => {
  answer = () => ({
    status: 429,
    headers: { 'retry-after': '600' },
    body: { error: { code: 'TooManyRequests', message: 'slow down' } },
  });

  await expect(manager().read(id)).rejects.toThrow('TooManyRequests');
  expect(pauses).toEqual([5000, 5000, 5000]);
});

test.each([
  { status: 404, code: 'ResourceGroupNotFound', hint: 'resource id' },
  { status: 401, code: 'InvalidAuthenticationTokenAudience', hint: 'another cloud or tenant' },
  { status: 400, code: 'TokenLimitReached', hint: 'tier' },
])('answers $status $code with a next step', async ({ status, code, hint }) => {
  answer = () => ({ status, body: { error: { code, message: 'over the limit' } } });

  await expect(manager().put(`${id}/scopeMaps/one`, {})).rejects.toMatchObject({
    name: 'UnavailableError',
    message: `Azure answered ${code} for ${id}/scopeMaps/one: over the limit`,
    hint: expect.stringContaining(hint),
  });
});

test.each([
  ['never', null],
  ['later than asked', '2026-11-23T11:00:00Z'],
])('hands out no password that ends %s, and leaves no token behind', async (_, expiry) => {
  answer = ({ method, url }) => {
    if (url.pathname.endsWith('/generateCredentials')) {
      return { status: 200, body: { passwords: [{ name: 'password1', value: 's3cret', expiry }] } };
    }
    return method === 'GET' ? { status: 404 } : { status: 200, body: { properties: {} } };
  };
  const settings = { rack: 'atom', url: 'https://acme.azurecr.io', resourceId: id, cloud: cloud() };
  const registry = new AcrRegistry({ entra, pause }, settings, Date.now);
  const expires = Date.parse('2026-11-23T10:15:00Z');

  const minted = registry.mint({ app: 'shop', session: 'B1.G1', expires, withCache: false });

  await expect(minted).rejects.toThrow(/^Azure made a password that ends at /);
  await expect(minted).rejects.not.toThrow(/s3cret/);
  expect(calls.at(-1)).toMatch(/^DELETE .*\/tokens\/B1-G1-/);
});
