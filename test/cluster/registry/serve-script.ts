import { serve } from '#test/fakes/aws-identity/http.ts';
import { type Script, type ScriptedRack, scriptedRack } from '#test/fakes/scripted-rack.ts';

export interface ServedRack extends Pick<ScriptedRack, 'requests' | 'mistakes'> {
  /** For RACK_URL. */
  readonly url: string;
  close(): Promise<void>;
}

/** A scripted rack that a client in a process of its own can talk to. */
export const serveScript = async (script: Script): Promise<ServedRack> => {
  const { fetch, requests, mistakes } = scriptedRack(script);
  const server = await serve(async ({ method, url, headers, body }) => {
    const type = headers['content-type'] ?? 'application/octet-stream';
    const response = await fetch(url, {
      method,
      headers: { 'content-type': type },
      ...(body.length > 0 && { body }),
    });
    const answered = { 'content-type': response.headers.get('content-type') ?? 'text/plain' };
    return { status: response.status, headers: answered, body: await response.text() };
  });
  return {
    requests,
    mistakes,
    url: server.url.replace('://', '://convox:s3cret@'),
    close: server.close,
  };
};
