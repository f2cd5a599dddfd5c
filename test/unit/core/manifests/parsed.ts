import type { Manifest, Service } from '#core/manifests/manifest.ts';
import { ManifestError } from '#core/manifests/manifest-error.ts';
import { type ParseOptions, parseManifest } from '#core/manifests/parse-manifest.ts';

/** A manifest of one service `web` with these lines as its settings. */
export const aManifest = (...settings: string[]): string =>
  ['services:', '  web:', ...settings.map((line) => `    ${line}`), ''].join('\n');

export const parsed = (text: string, options?: ParseOptions): Manifest =>
  parseManifest(text, options);

/** The service `web` of such a manifest. */
export const service = (...settings: string[]): Service => {
  const [web] = parsed(aManifest(...settings)).services;
  if (!web) throw new Error('the manifest has no service');
  return web;
};

export const errorOf = (text: string, options?: ParseOptions): ManifestError => {
  try {
    parseManifest(text, options);
  } catch (error) {
    if (error instanceof ManifestError) return error;
    throw error;
  }
  throw new Error('the manifest was taken for good');
};

/** Only the messages, without positions. */
export const problemsOf = (text: string, options?: ParseOptions): string[] =>
  errorOf(text, options).problems.map((problem) => problem.message);
