import { CliError } from '../errors.ts';

export interface RackAddress {
  /** Without userinfo; may end in a base path such as a stage. */
  readonly url: URL;
  /** The whole value of the Authorization header. */
  readonly authorization: string;
}

/**
 * Reads `http://convox:TOKEN@host:port`, userinfo percent-encoded. `source` names where it came from:
 * the text itself holds a token and is never shown.
 */
export const parseRackUrl = (text: string, source: string): RackAddress => {
  const url = tryUrl(text.trim());
  if (!url) throw invalid(source, 'it is not an http or https URL');
  if (!url.password) throw invalid(source, 'it has no token');
  const userinfo = `${decode(url.username)}:${decode(url.password)}`;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return { url, authorization: `Basic ${Buffer.from(userinfo).toString('base64')}` };
};

/** The RACK_URL of a host and a token. The host may have a scheme and a path; `https` otherwise. */
export const rackUrl = (host: string, token: string): string => {
  const url = tryUrl(host.includes('://') ? host : `https://${host}`);
  if (!url) throw new CliError('InvalidHost', `invalid host: ${host}`);
  const path = url.pathname.replace(/\/$/, '');
  return `${url.protocol}//convox:${encodeURIComponent(token)}@${url.host}${path}`;
};

const tryUrl = (text: string): URL | undefined => {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) && url.hostname ? url : undefined;
};

/** A raw `%` that encodes nothing is taken as it stands. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const invalid = (source: string, why: string): CliError =>
  new CliError('InvalidRackUrl', `invalid ${source}: ${why}`, {
    hint: 'it has the form http://convox:TOKEN@host:port, with the token percent-encoded',
  });
