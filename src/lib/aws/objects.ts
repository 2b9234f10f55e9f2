import {
  DeleteObjectsCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { AppError } from '../rules/errors.ts';
import { call, callUnless } from './call.ts';
import type { Aws } from './clients.ts';

/** An object's place. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

const NOT_FOUND = ['NoSuchKey'] as const;
const NO_BUCKET = ['NoSuchBucket'] as const;

/**
 * Whether an object is there that carries no tag (`GetObjectTagging`, which says in words what is wrong, as an answer to
 * HEAD can't).
 */
export async function hasUntagged(aws: Aws, { bucket, key }: ObjectPlace): Promise<boolean> {
  const client = await aws.s3();
  const found = await callUnless(aws, `look for ${key} in the bucket "${bucket}"`, NOT_FOUND, () =>
    client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key })),
  );
  return found?.TagSet?.length === 0;
}

/**
 * Uploads an object as a whole (`PutObject`); what was there under its key goes, with its tags.
 * @param sha256 of the bytes in base64, which S3 checks.
 */
export async function putObject(
  aws: Aws,
  { bucket, key }: ObjectPlace,
  bytes: Uint8Array,
  { sha256, stop }: { readonly sha256: string; readonly stop: AbortSignal },
): Promise<void> {
  const client = await aws.s3();
  const asked = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: bytes,
    ChecksumSHA256: sha256,
    ContentType: 'application/zip',
  });
  await call(aws, `upload ${key} to the bucket "${bucket}"`, () =>
    client.send(asked, { abortSignal: stop }),
  );
}

/** Tags an object, in place of the tags that it has (`PutObjectTagging`); one that is gone is not an error. */
export async function tagObject(
  aws: Aws,
  { bucket, key }: ObjectPlace,
  [Key, Value]: readonly [string, string],
): Promise<void> {
  const client = await aws.s3();
  await callUnless(aws, `tag ${key} in the bucket "${bucket}"`, NOT_FOUND, () =>
    client.send(
      new PutObjectTaggingCommand({
        Bucket: bucket,
        Key: key,
        Tagging: { TagSet: [{ Key, Value }] },
      }),
    ),
  );
}

/** The keys of a bucket's objects, up to a thousand at a time (`ListObjectsV2`); none where there is no bucket. */
export async function* objectKeys(aws: Aws, bucket: string): AsyncGenerator<string[]> {
  const client = await aws.s3();
  let token: string | undefined;
  do {
    const asked = new ListObjectsV2Command({
      Bucket: bucket,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const page = await callUnless(aws, `list the bucket "${bucket}"`, NO_BUCKET, () =>
      client.send(asked),
    );
    const keys = page?.Contents?.flatMap(({ Key }) => Key ?? []) ?? [];
    if (keys.length > 0) yield keys;
    token = page?.NextContinuationToken;
  } while (token !== undefined);
}

/**
 * Deletes all objects of a bucket (`DeleteObjects`). @returns how many there were.
 * @throws AppError `ObjectNotDeleted` for one that S3 refuses, which the answer says and not its status.
 */
export async function emptyBucket(aws: Aws, bucket: string): Promise<number> {
  const client = await aws.s3();
  let deleted = 0;
  for await (const keys of objectKeys(aws, bucket)) {
    const asked = new DeleteObjectsCommand({
      Bucket: bucket,
      Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
    });
    const { Errors = [] } = await call(aws, `empty the bucket "${bucket}"`, () =>
      client.send(asked),
    );
    const [refused] = Errors;
    if (refused !== undefined) {
      throw new AppError({
        code: 'ObjectNotDeleted',
        message: `${refused.Key} in the bucket "${bucket}" can't be deleted: ${refused.Code}: ${refused.Message}`,
      });
    }
    deleted += keys.length;
  }
  return deleted;
}
