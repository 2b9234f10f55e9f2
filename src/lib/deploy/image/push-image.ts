import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../rules/errors.ts';
import type { BuiltImage } from './image.ts';
import type { ImageReference } from './reference.ts';
import type { Descriptor, Registry } from './registry.ts';

/** Characters of a digest that make the tag of what is pushed without one. */
const TAG_DIGITS = 12;

/** What is told while an image is pushed. */
export interface PushProgress {
  readonly digest: string;
  readonly size: number;
  /** Whether it is there already. */
  readonly isThere: boolean;
}

/** Where an image comes from and goes to. */
export interface PushOptions {
  /** Of the base, whose layers are passed on. */
  readonly from: Registry;
  readonly to: Registry;
  readonly target: ImageReference;
  /** A folder for layers on their way. */
  readonly folder: string;
  readonly onLayer: (progress: PushProgress) => void;
}

/**
 * Pushes an image: what isn't there of layers and configuration, then the manifest, which makes it an image.
 * @returns its tag: the one that was asked for, or one of its digest. Pushing it again sends nothing.
 */
export async function pushImage(image: BuiltImage, options: PushOptions): Promise<string> {
  const { to, target, folder, from, onLayer } = options;
  const tag = target.tag ?? digestTag(image);
  // A registry takes a manifest after all that it names, and one whose tags are set once (ECR) takes it no second time.
  const isComplete = (await digestAt(to, tag)) === image.manifest.digest;
  for (const layer of distinct(image.layers)) {
    const isThere = isComplete || (await to.hasBlob(layer.digest));
    onLayer({ ...layer, isThere });
    if (isThere) continue;
    if (layer.digest === image.layer.digest) {
      await to.upload(layer.digest, image.layer);
      continue;
    }
    const file = join(folder, layer.digest.replace(':', '-'));
    await from.download(layer, file);
    await to.upload(layer.digest, { file, size: layer.size });
    await rm(file);
  }
  if (isComplete) return tag;
  const { descriptor, bytes } = image.config;
  if (!(await to.hasBlob(descriptor.digest))) await to.upload(descriptor.digest, bytes);
  await to.putManifest(tag, image.manifest);
  return tag;
}

/** The digest of what has a tag; undefined where nothing has. */
async function digestAt(registry: Registry, tag: string): Promise<string | undefined> {
  try {
    return (await registry.manifest(tag)).digest;
  } catch (error) {
    if (error instanceof AppError && error.code === 'ImageNotFound') return undefined;
    throw error;
  }
}

/** A tag that names an image's content: never moved to another one. */
export function digestTag({ manifest }: BuiltImage): string {
  return `sha-${manifest.digest.slice('sha256:'.length, 'sha256:'.length + TAG_DIGITS)}`;
}

function distinct(layers: readonly Descriptor[]): Descriptor[] {
  return [...new Map(layers.map((layer) => [layer.digest, layer])).values()];
}
