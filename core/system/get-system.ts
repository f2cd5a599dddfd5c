export interface RackFacts {
  readonly name: string;
  readonly region: string;
  /** Under which apps answer: `APP-SERVICE.DOMAIN`. Empty when nothing routes to them. */
  readonly domain: string;
  readonly version: string;
}

export const check = () => (): Promise<'ok'> => Promise.resolve('ok');

export const listRacks = (deps: { readonly rack: RackFacts }) => () =>
  Promise.resolve([{ name: deps.rack.name, status: 'running' }]);

/**
 * The version is put behind a 3: the stock client takes anything that sorts before
 * "20190111211123" as a string for an older generation of its protocol.
 */
export const getSystem = (deps: { readonly rack: RackFacts }) => () => {
  const { name, region, domain, version } = deps.rack;
  return Promise.resolve({
    name,
    provider: 'aws',
    status: 'running',
    domain,
    'rack-domain': domain,
    region,
    type: '',
    count: 0,
    version: `3.24.9-rackless.${version}`,
    parameters: {},
    outputs: {},
  });
};
