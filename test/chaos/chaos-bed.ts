import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { openTable, type Table } from '#adapters/dynamodb/table.ts';
import { KmsDataKeys } from '#adapters/kms/kms-data-keys.ts';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';
import { type Bucket, openBucket } from '#adapters/s3/bucket.ts';
import type { Cluster } from '#core/kubernetes/ports.ts';
import {
  type ConformanceBed,
  startConformanceBed,
} from '../cluster/conformance/conformance-bed.ts';
import { createBucket, createKey, createTable, settings } from '../integration/aws.ts';
import { ApiFaults } from './api-faults.ts';
import type { FaultyAws } from './faulty-aws.ts';

/** Fewer than a function has: an outage need not last long to get through to it. */
const tries = 3;

/** What all runs share: AWS from the emulator, and the cluster under test. */
export class ChaosBed {
  readonly rack: string;
  readonly cluster: ConformanceBed;
  readonly dataKeys: KmsDataKeys;
  readonly apiFaults: ApiFaults;
  readonly #names: { readonly table: string; readonly bucket: string };

  private constructor(
    cluster: ConformanceBed,
    dataKeys: KmsDataKeys,
    names: { readonly table: string; readonly bucket: string }
  ) {
    this.rack = `chaos${Date.now().toString(36).slice(-5)}`;
    this.cluster = cluster;
    this.dataKeys = dataKeys;
    this.apiFaults = new ApiFaults(cluster);
    this.#names = names;
  }

  static async start(): Promise<ChaosBed> {
    const [{ keyId }, table, bucket, cluster] = await Promise.all([
      createKey(),
      createTable(),
      createBucket(),
      startConformanceBed(),
    ]);
    const dataKeys = new KmsDataKeys(new KMSClient(settings()), { rack: 'chaos', keyId });
    return new ChaosBed(cluster, dataKeys, { table: table.name, bucket: bucket.name });
  }

  /** With clients of its own, like every invocation of a function; `faults` strike on the way. */
  table(faults?: FaultyAws): Table {
    const client = new DynamoDBClient({ ...settings(), maxAttempts: tries });
    return openTable(this.#names.table, faults ? faults.spoil(client) : client);
  }

  bucket(faults?: FaultyAws): Bucket {
    const client = new S3Client({ ...settings(), maxAttempts: tries });
    return openBucket(this.#names.bucket, faults ? faults.spoil(client) : client);
  }

  /** As the functions of a rack speak to it. */
  connect(): Cluster {
    return openCluster(async () => this.cluster.config.exportConfig());
  }

  close(): Promise<void> {
    return this.cluster.close();
  }
}
