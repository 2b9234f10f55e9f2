import { join } from 'node:path';
import { type Platform, readBaseImage } from './base-image.ts';
import { type BuiltImage, composeImage } from './image.ts';
import { type Installation, imageFiles } from './image-files.ts';
import { writeLayer } from './layer.ts';
import type { ImageReference } from './reference.ts';
import type { Registry } from './registry.ts';

/** What an image of this program is made from. */
export interface ImageParts {
  readonly base: ImageReference;
  /** Where the base is. */
  readonly registry: Registry;
  readonly platform: Platform;
  readonly installation: Installation;
  /** The folder of a project's pubsub.yaml, which goes into the image as well; undefined for a topology of the package. */
  readonly project: string | undefined;
  /** A folder for the layer, which is there as long as the image is needed. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Makes an image of this program without Docker: the base's manifest and configuration are read, its layers only named.
 * The same parts make the same digest.
 * @throws AppError as `readBaseImage` and `imageFiles` do.
 */
export async function buildImage(parts: ImageParts): Promise<BuiltImage> {
  const { base, registry, platform, installation, project, folder, signal } = parts;
  const [read, files] = await Promise.all([
    readBaseImage(registry, base, platform),
    imageFiles(installation.folder, project),
  ]);
  const layer = await writeLayer(files, join(folder, 'layer.tar.gz'), signal);
  return composeImage(read, layer, installation.version);
}
