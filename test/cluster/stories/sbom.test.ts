import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Build } from '#contracts/builds.ts';
import type { Process } from '#contracts/processes.ts';
import { ensureRepository } from '#infra/local/aws/ecr-repository.ts';
import { upPlane } from '../../e2e/bring-up-plane.ts';
import { query, rackless } from '../../e2e/rack.ts';
import { pushScannerImage } from '../buildkit/push-scanner-image.ts';
import { type ConformanceBed, startConformanceBed } from '../conformance/conformance-bed.ts';
import { storyPlaneArguments } from '../start-story-plane.ts';
import { BuiltApp } from './built-app.ts';
import { BuiltShop } from './built-shop.ts';

jest.setTimeout(240_000);

/** The parameters of a rack that somebody else has brought up are not ours to change. */
const describeOnBed =
  process.env['CLUSTER_ADDRESS'] && process.env['E2E_STARTED'] ? describe : describe.skip;

interface Manifest {
  readonly mediaType: string;
  readonly manifests?: readonly {
    readonly digest: string;
    readonly platform: { readonly os: string };
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
  readonly layers?: readonly {
    readonly digest: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

const media = 'application/vnd.oci.image';

/** What is below `HOST/PATH@DIGEST`, as the registry has it. */
const read = async <Document>(image: string, kind: string, digest: string): Promise<Document> => {
  const [, host, path] = /^([^/]+)\/([^@:]+)/.exec(image) ?? [];
  const accept = `${media}.index.v1+json, ${media}.manifest.v1+json`;
  const answer = await fetch(`http://${host}/v2/${path}/${kind}/${digest}`, {
    headers: { accept },
  });
  return (await answer.json()) as Document;
};

describeOnBed('a rack that lists what is in its images', () => {
  let bed: ConformanceBed;
  let app: BuiltApp;
  let shop: BuiltShop;
  beforeAll(async () => {
    bed = await startConformanceBed();
    const registry = process.env['E2E_REGISTRY'] ?? '';
    await ensureRepository(Number(registry.split(':')[1]), 'tools/scanner');
    const scanner = pushScannerImage(registry, 'tools/scanner:1');
    upPlane([...storyPlaneArguments(), `--param=buildSbom=${scanner}`]);
    shop = new BuiltShop();
    app = await BuiltApp.begin('sbom');
  });
  afterAll(async () => {
    await app?.end();
    shop?.remove();
    upPlane(storyPlaneArguments());
    await bed.close();
  });

  test('the image that runs carries the list, and the rack says so', async () => {
    const { code, stderr } = await rackless(
      `deploy ${shop.path} -a ${app.name} --build-args GREETING=listed`,
      { seconds: 200 }
    );

    expect([code, stderr]).toEqual([0, '']);
    expect(await app.answers(bed)).toEqual(['listed']);
    const { id } = await app.lastBuild();
    expect(await query<Build>(`builds info ${id} -a ${app.name}`)).toMatchObject({
      provenance: { sbom: true, claimed: false, builder: expect.stringMatching(/^\S*buildkit/) },
    });
    const [process] = await query<readonly Process[]>(`ps -a ${app.name}`);
    const image = process?.image ?? '';
    const index = await read<Manifest>(image, 'manifests', image.split('@')[1] ?? '');
    expect(index.manifests?.map((it) => it.platform.os)).toEqual(['linux', 'unknown']);
    const [platform, attached] = index.manifests ?? [];
    expect(attached?.annotations).toMatchObject({
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': platform?.digest,
    });
    const { layers } = await read<Manifest>(image, 'manifests', attached?.digest ?? '');
    const list = layers?.find(
      (it) => it.annotations?.['in-toto.io/predicate-type'] === 'https://spdx.dev/Document'
    );
    const statement = await read<object>(image, 'blobs', list?.digest ?? '');
    expect(statement).toMatchObject({ predicateType: 'https://spdx.dev/Document' });
  });
});
