import type { Aws } from '../../aws/clients.ts';
import { hasUntagged, objectKeys, putObject, tagObject } from '../../aws/objects.ts';
import type { Deployment } from '../template.ts';
import { REPLACED_TAG } from './stores.ts';

/** The code of a function as an object of a bucket: its key has the digest of the zip. */
export interface CodeObject {
  /** Of the template, which takes the key. */
  readonly parameter: string;
  readonly key: string;
  readonly zip: Buffer;
  /** SHA-256 of the zip in base64. */
  readonly sha256: string;
}

/** Packs the code of a deployment's functions. The same code has the same key. @throws AppError (exit 2) as `pack` does. */
export function codeObjects({ code }: Pick<Deployment, 'code'>): CodeObject[] {
  return code.map(({ parameter, spec, pack }) => {
    const { zip, sha256 } = pack();
    const digest = Buffer.from(sha256, 'base64').toString('hex');
    return { parameter, key: `code/${spec.name}-${digest}.zip`, zip, sha256 };
  });
}

/**
 * Uploads the code that isn't there. What was marked as replaced is uploaded anew, so that it is kept.
 * @param onUpload told of each object before it is sent. @throws AppError of a call that is refused.
 */
export async function uploadCode(
  aws: Aws,
  bucket: string,
  objects: readonly CodeObject[],
  { stop, onUpload }: { readonly stop: AbortSignal; readonly onUpload: (key: string) => void },
): Promise<void> {
  for (const { key, zip, sha256 } of objects) {
    stop.throwIfAborted();
    if (await hasUntagged(aws, { bucket, key })) continue;
    onUpload(key);
    await putObject(aws, { bucket, key }, zip, { sha256, stop });
  }
}

/**
 * Marks code that the stack names no more: the bucket's lifecycle removes it later, so that another run which has just
 * uploaded some doesn't lose it.
 * @param used keys that the stack names now.
 */
export async function markReplaced(
  aws: Aws,
  bucket: string,
  used: readonly string[],
): Promise<void> {
  for await (const keys of objectKeys(aws, bucket)) {
    for (const key of keys.filter((each) => !used.includes(each))) {
      await tagObject(aws, { bucket, key }, REPLACED_TAG);
    }
  }
}
