import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { unsupported } from '../../../errors.ts';
import { invalid } from '../errors.ts';
import type { FunctionCode } from '../function.ts';
import type { CodeStore } from './store.ts';

/** The bucket that stands for folders of this machine; `S3Key` is then the folder's path. */
export const FOLDER_BUCKET = 'hot-reload';

/** "50 MB (zipped, when uploaded through the Lambda API or SDKs)" (Lambda quotas), in bytes. */
const MAX_ZIP_BYTES = 52_428_800;
const LOOPBACK = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;

/** Where code comes from (API reference, `FunctionCode`). */
export interface CodeInput {
  readonly ZipFile?: Uint8Array | undefined;
  readonly S3Bucket?: string | undefined;
  readonly S3Key?: string | undefined;
  readonly ImageUri?: string | undefined;
}

/**
 * Takes a function's code: a zip, which is kept, or a folder of this machine, which is read where it is. Only somebody
 * on this machine may name a folder.
 *
 * @param sourceIp of the caller
 * @throws ServiceError `InvalidParameterValueException`, `UnsupportedOperation`
 */
export async function takeCode(
  store: CodeStore,
  { ZipFile, S3Bucket, S3Key, ImageUri }: CodeInput,
  sourceIp: string,
): Promise<FunctionCode> {
  if (ImageUri !== undefined) {
    throw unsupported('functions in container images; give the code as a zip or a folder');
  }
  if (ZipFile !== undefined) {
    if (S3Bucket !== undefined || S3Key !== undefined) {
      throw invalid(
        'Please do not provide other FunctionCode parameters when providing a ZipFile.',
      );
    }
    if (ZipFile.length > MAX_ZIP_BYTES) {
      throw invalid(`Zipped size must be smaller than ${MAX_ZIP_BYTES} bytes`);
    }
    return store.add(ZipFile);
  }
  if (S3Bucket === FOLDER_BUCKET) return { kind: 'folder', path: folderOf(S3Key, sourceIp) };
  if (S3Bucket === undefined) throw invalid('Please provide a source for function code.');
  throw invalid(
    `The local engine has no S3 (bucket ${S3Bucket}). Give the code as ZipFile, or a folder of this machine as S3Bucket=${FOLDER_BUCKET} S3Key=/path.`,
  );
}

function folderOf(path = '', sourceIp: string): string {
  if (!LOOPBACK.test(sourceIp)) {
    throw invalid('Only programs on the machine of the engine can name a folder as code.');
  }
  if (!isAbsolute(path)) throw invalid(`The folder of the code must be an absolute path: ${path}`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw invalid(`There is no folder ${path}`);
  }
  return path.replace(/(?<=.)\/+$/, '');
}
