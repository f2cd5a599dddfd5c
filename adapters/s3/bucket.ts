import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

/** The rack's bucket and the client to reach it. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
}

export const openBucket = (name: string, client = new S3Client()): Bucket => ({ client, name });

export const readText = async (
  { client, name }: Bucket,
  key: string
): Promise<string | undefined> => {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }));
    return await Body?.transformToString('utf8');
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
};

export const writeText = async (
  { client, name }: Bucket,
  key: string,
  content: { readonly text: string | Uint8Array; readonly type: string }
): Promise<void> => {
  await client.send(
    new PutObjectCommand({
      Bucket: name,
      Key: key,
      Body: content.text,
      ContentType: content.type,
    })
  );
};

/** Bytes, and when it was written (ms); undefined when there is no such object. */
export const describe = async ({ client, name }: Bucket, key: string) => {
  try {
    const { ContentLength: size, LastModified } = await client.send(
      new HeadObjectCommand({ Bucket: name, Key: key })
    );
    return { size, written: LastModified?.getTime() };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
};
