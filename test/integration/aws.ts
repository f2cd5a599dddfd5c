import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { openTable, type Table } from '#adapters/dynamodb/table.ts';
import { type Bucket, openBucket } from '#adapters/s3/bucket.ts';
import { clientSettings } from '#infra/local/aws/access.ts';
import { freshName } from '#test/samples.ts';

/** Settings for clients of the emulator that the run started. */
export const settings = () => clientSettings(Number(process.env['RACKLESS_TEST_EMULATOR_PORT']));

export const createTable = async (): Promise<Table> => {
  const client = new DynamoDBClient({ ...settings(), maxAttempts: 8 });
  const name = freshName();
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    })
  );
  return openTable(name, client);
};

export const createBucket = async (): Promise<Bucket> => {
  const client = new S3Client(settings());
  const name = freshName();
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return openBucket(name, client);
};

export const createKey = async (): Promise<{ kms: KMSClient; keyId: string }> => {
  const kms = new KMSClient(settings());
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return { kms, keyId: KeyMetadata?.KeyId ?? '' };
};
