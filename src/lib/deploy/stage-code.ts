import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { shippedTopologies } from '../config/shipped-topologies.ts';
import { usageError } from '../rules/errors.ts';
import type { ZipEntry } from '../rules/zip.ts';
import { CODE_BUCKET } from '../topology/export/function-resources.ts';
import { isLock } from './hold-stack.ts';
import type { Deployment } from './template.ts';

/** The bucket that stands for folders of this machine on the engine; `S3Key` is then the folder's path. */
const FOLDER_BUCKET = 'hot-reload';
/** Hexadecimal digits of a digest that tell versions of a function's code apart. */
const DIGEST_LENGTH = 12;

/** Folder of a stack's code on this machine. */
export function stagingFolder(stateDir: string, stackName: string): string {
  return join(stateDir, 'deploy', stackName);
}

/**
 * Puts the code of a deployment's functions into folders of this machine, which the engine runs. A folder's name has the
 * digest of what is in it: changed code is a change of the stack, and a rollback finds what was there before.
 * @param folder of the stack's code.
 * @returns the parameters that say where it is.
 * @throws AppError (exit 2) for code that isn't there, or that is a zip.
 */
export function stageCode({ code }: Deployment, folder: string): Record<string, string> {
  if (code.length === 0) return {};
  const keys = code.map(({ parameter, spec, pack }): [string, string] => {
    const { files } = pack();
    if (files === undefined) {
      throw usageError(
        `The code of the function ${spec.key} is a zip, which the local engine takes from no template.`,
        'Give the folder that it was made of, or make it with: pubsub setup',
        'InvalidCode',
      );
    }
    return [parameter, stageFiles(folder, spec.name, files)];
  });
  offerSdk(folder);
  return { [CODE_BUCKET]: FOLDER_BUCKET, ...Object.fromEntries(keys) };
}

/** Lets the code below a folder import the AWS SDK's clients, which Lambda's Node.js runtimes have. */
function offerSdk(folder: string): void {
  const link = join(folder, 'node_modules');
  rmSync(link, { force: true });
  symlinkSync(join(dirname(shippedTopologies()), 'dist/bootstraps/sdk'), link, 'junction');
}

/** @returns the path of a folder with these files: made whole or not at all. */
function stageFiles(folder: string, name: string, files: readonly ZipEntry[]): string {
  const digest = digestOf(files);
  const path = join(folder, `${name}-${digest}`);
  if (existsSync(path)) return path;
  const making = `${path}.${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  for (const { name: file, content, isExecutable } of files) {
    const target = join(making, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { mode: isExecutable ? 0o755 : 0o644 });
  }
  try {
    renameSync(making, path);
  } catch (error) {
    // Another run was as fast, with the same files.
    if (!existsSync(path)) throw error;
    rmSync(making, { recursive: true });
  }
  return path;
}

function digestOf(files: readonly ZipEntry[]): string {
  const hash = createHash('sha256');
  for (const { name, content, isExecutable } of files) {
    hash.update(`${name.length}:${name}:${isExecutable}:${content.length}:`).update(content);
  }
  return hash.digest('hex').slice(0, DIGEST_LENGTH);
}

/** Removes what a stack's folder has besides the code that is in use. @param used the folders that the stack names. */
export function pruneCode(folder: string, used: readonly string[]): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name !== 'node_modules' && !isLock(name) && !used.includes(path))
      rmSync(path, { recursive: true });
  }
}

/** Removes the folder of a stack that is gone. */
export function dropCode(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
