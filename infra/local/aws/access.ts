/** The emulator takes this key for the account's root, also with AUTH=true. */
const key = 'test';

export const region = 'us-east-1';

/** The IP, not `localhost`: clients then address buckets by path, and names need not resolve. */
export const endpointOf = (port: number): string => `http://127.0.0.1:${port}`;

/** For the constructors of AWS clients. */
export const clientSettings = (port: number) => ({
  endpoint: endpointOf(port),
  region,
  credentials: { accessKeyId: key, secretAccessKey: key },
});

/**
 * `variables` for a program that speaks to the emulator: whatever would lead it to a real account (a
 * profile, keys, endpoints of single services) is left out.
 */
export const environmentFor = (
  variables: Readonly<Record<string, string | undefined>>,
  port: number
): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(variables).filter(
      (entry): entry is [string, string] => !entry[0].startsWith('AWS_') && entry[1] !== undefined
    )
  ),
  AWS_ENDPOINT_URL: endpointOf(port),
  AWS_ACCESS_KEY_ID: key,
  AWS_SECRET_ACCESS_KEY: key,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_EC2_METADATA_DISABLED: 'true',
});
