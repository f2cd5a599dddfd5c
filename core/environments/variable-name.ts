/** What a key of a Kubernetes Secret may be; any other name would fail only when a release is promoted. */
const NAME = /^[-._A-Za-z0-9]{1,253}$/;

export const isVariableName = (name: string): boolean =>
  NAME.test(name) && name !== '.' && !name.startsWith('..');
