import { mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { builtProgram } from '../../../background/built-program.ts';

/** The name under which Node.js looks for packages, from a module's folder upwards. */
export const PACKAGES = 'node_modules';

/**
 * Lets the code below a folder import the AWS SDK's clients that come with the engine, where it brings none of its own:
 * "Lambda's Node.js runtimes include the AWS SDK for JavaScript v3" ("Building Lambda functions with Node.js").
 */
export function offerSdk(root: string): void {
  const link = join(root, PACKAGES);
  const target = builtProgram('bootstraps/sdk');
  if (linkTarget(link) === target) return;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  rmSync(link, { force: true });
  try {
    symlinkSync(target, link, 'junction');
  } catch (error) {
    // Another call was faster, or the file system has no links: then functions bring the SDK themselves.
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EEXIST', 'EPERM', 'ENOTSUP'].includes(code)) throw error;
  }
}

function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
