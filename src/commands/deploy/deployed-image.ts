import {
  type ImageReference,
  parseReference,
  shownReference,
} from '../../lib/deploy/image/reference.ts';
import type { Deployment } from '../../lib/deploy/template.ts';
import type { CommandContext } from '../command.ts';
import { DEFAULT_BASE, programImage, registryOf } from './program-image.ts';
import type { AwsChoices } from './request.ts';

/** The image of a deployment. */
export interface DeployedImage {
  /** It by its digest. @param repository where a built one goes. */
  referenceIn(repository: string): string;
  /** Puts it there; nothing to do for one that is elsewhere. */
  push(repository: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * The image that a deployment's services run: the one that was chosen, with the digest that its registry has for its tag,
 * or one that is built now.
 * @returns undefined for a deployment without services.
 */
export async function imageFor(
  context: CommandContext,
  { template }: Deployment,
  { image, base = DEFAULT_BASE }: AwsChoices,
): Promise<DeployedImage | undefined> {
  if (!('Image' in (template.Parameters ?? {}))) return undefined;
  if (image !== undefined) {
    const reference = await withDigest(context, parseReference('--image', image));
    return {
      referenceIn: () => reference,
      push: async () => {},
      close: async () => {},
    };
  }
  const progress = context.printer.progress('Building the image');
  try {
    const made = await programImage(context, {
      base: parseReference('--base', base),
      platform: 'linux/amd64',
    });
    const { digest } = made.built.manifest;
    const target = (repository: string) => parseReference('The repository', repository);
    return {
      referenceIn: (repository) => shownReference({ ...target(repository), digest }),
      push: async (repository) => void (await made.push(target(repository))),
      close: () => made.close(),
    };
  } finally {
    progress.clear();
  }
}

/** A reference as task definitions take it: by digest, without a tag. */
async function withDigest(context: CommandContext, given: ImageReference): Promise<string> {
  const { digest } =
    given.digest === undefined
      ? await (await registryOf(context, given, 'pull')).manifest(given.tag ?? 'latest')
      : given;
  return shownReference({ ...given, tag: undefined, digest });
}
