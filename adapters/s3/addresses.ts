import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ContentId, UploadAddress } from '#core/objects/ports.ts';
import type { Bucket } from './bucket.ts';

const uploadSeconds = 15 * 60;
const downloadSeconds = 60 * 60;

/** For one PUT of exactly this content, within 15 minutes. */
export const uploadAddress = async (
  { client, name }: Bucket,
  key: string,
  { sha256, size }: ContentId
): Promise<UploadAddress> => {
  const checksum = Buffer.from(sha256, 'hex').toString('base64');
  const command = new PutObjectCommand({
    Bucket: name,
    Key: key,
    ContentLength: size,
    ChecksumSHA256: checksum,
  });
  const url = await getSignedUrl(client, command, {
    expiresIn: uploadSeconds,
    // Kept as headers, so that S3 compares them with the content instead of ignoring a query.
    unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
    signableHeaders: new Set(['content-length', 'host', 'x-amz-checksum-sha256']),
  });
  return {
    url,
    headers: { 'x-amz-checksum-sha256': checksum, 'content-length': String(size) },
  };
};

/** For reading, within an hour. */
export const downloadAddress = ({ client, name }: Bucket, key: string): Promise<string> =>
  getSignedUrl(client, new GetObjectCommand({ Bucket: name, Key: key }), {
    expiresIn: downloadSeconds,
  });
