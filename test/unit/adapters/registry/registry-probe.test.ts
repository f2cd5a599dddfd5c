import { expect, test } from '@jest/globals';
import { HttpRegistryProbe } from '#adapters/registry/registry-probe.ts';
import { type Call, type Reply, serve } from '#test/fakes/aws-identity/http.ts';

const tried = async (answer: (call: Call) => Reply, path = '') => {
  const server = await serve(answer);
  const probe = new HttpRegistryProbe([server.host]);
  const target = { server: server.host, username: 'ada', password: 'secret', path };
  const findings = await probe.probe(target);
  await server.close();
  return findings.map((it) => `${it.step} ${it.trouble ?? 'ok'}`);
};

const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' };

test.each<[string, Reply, string]>([
  ['a web page', page, 'reach not-a-registry'],
  ['a server without that path', { status: 404 }, 'reach not-a-registry'],
  ['a 401 that does not say how to log in', { status: 401 }, 'reach not-a-registry'],
  ['a registry that is down', { status: 503 }, 'reach failed'],
])('tells %s', async (_, reply, finding) => {
  expect(await tried(() => reply)).toEqual([finding]);
});

test('tells a token that lets too little from a wrong password', async () => {
  const asked: string[] = [];
  const endpoint = await serve(({ url }) => {
    asked.push(url.pathname);
    return { status: 200, body: { token: 'of little use' } };
  });
  const challenge = `Bearer realm="${endpoint.url}/token",service="r"`;

  const findings = await tried(() => ({ status: 401, headers: { 'www-authenticate': challenge } }));
  await endpoint.close();

  expect(findings).toEqual(['reach ok', 'login denied']);
  expect(asked).toEqual(['/token']);
});

test('sends the login to the registry alone, not to where it is told to upload to', async () => {
  const seen: (string | undefined)[] = [];
  const store = await serve(({ headers }) => {
    seen.push(headers.authorization);
    return { status: 201 };
  });
  const basic = { 'www-authenticate': 'Basic realm="r"' };
  const findings = await tried(({ headers, method }) => {
    if (!headers.authorization) return { status: 401, headers: basic };
    if (method === 'POST') return { status: 202, headers: { location: `${store.url}/upload` } };
    return { status: method === 'PUT' ? 201 : 200, body: 'something else' };
  }, 'acme/scratch');
  await store.close();

  expect(seen).toEqual([undefined, undefined]);
  expect(findings).toEqual(['reach ok', 'login ok', 'push ok', 'pull failed']);
});
