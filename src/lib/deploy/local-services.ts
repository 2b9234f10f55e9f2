import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { usageError } from '../rules/errors.ts';
import { fileProblem } from '../rules/text/file-problem.ts';
import type { Deployment } from './template.ts';

/** What the local engine asks for and doesn't look at: there is no network of one's own. */
const NETWORK = {
  VpcId: 'vpc-00000000000000001',
  SubnetIds: 'subnet-00000000000000001,subnet-00000000000000002',
} as const;

/**
 * The parameters of services on the local engine, which runs images of this program as its own installation. The
 * image's digest is that of the program's version and of the handlers: a changed one is a change of the stack, whose
 * tasks are then replaced.
 * @throws AppError (exit 2) for a handler that can't be read.
 */
export function localServiceParameters(
  { topology, template, services }: Deployment,
  version: string,
): Readonly<Record<string, string>> {
  if (!('Image' in (template.Parameters ?? {}))) return {};
  const hash = createHash('sha256').update(version);
  for (const { handler, name } of services) {
    if (handler === undefined || !('module' in handler)) continue;
    hash.update(`\n${name}\n`).update(handlerText(resolve(topology.folder ?? '', handler.module)));
  }
  return { Image: `pubsub@sha256:${hash.digest('hex')}`, ...NETWORK };
}

function handlerText(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw usageError(
      `The handler ${path} can't be read: ${fileProblem(error)}.`,
      'Check the path in the file.',
      'InvalidCode',
    );
  }
}
