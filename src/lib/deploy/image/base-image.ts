import { isRecord } from '../../events/json-value.ts';
import { type AppError, usageError } from '../../rules/errors.ts';
import { type ImageReference, shownReference } from './reference.ts';
import {
  type Descriptor,
  type FetchedManifest,
  MANIFEST_TYPES,
  type Registry,
} from './registry.ts';

/** The systems that images are made for. */
export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** As `engines` of package.json says. */
const OLDEST_NODE = [20, 19] as const;

/** What an image is run with ("OCI Image Configuration"), as far as it is read here; the rest goes through. */
export interface ImageConfig {
  readonly architecture?: string;
  readonly os?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly unknown[];
  readonly created?: string;
}

/** An image that another one is built on. */
export interface BaseImage {
  readonly reference: ImageReference;
  /** Of the manifest of the platform. */
  readonly digest: string;
  /** `MANIFEST_TYPES.oci` or `.docker`: what is built on it is of the same kind. */
  readonly mediaType: string;
  readonly layers: readonly Descriptor[];
  readonly config: ImageConfig;
}

/**
 * Reads the manifest and configuration of an image, of one platform where it has several.
 * @throws AppError `ImageNotFound`, `UnusableBase`, or as `Registry` does.
 */
export async function readBaseImage(
  registry: Registry,
  reference: ImageReference,
  platform: Platform,
): Promise<BaseImage> {
  const fetched = await registry.manifest(reference.digest ?? reference.tag ?? 'latest');
  const manifest = await ofPlatform(registry, reference, fetched, platform);
  const { config, layers } = parsed(reference, 'manifest', manifest.bytes);
  if (!isDescriptor(config) || !Array.isArray(layers) || !layers.every(isDescriptor)) {
    throw unusable(reference, 'its manifest has no configuration or layers');
  }
  const foreign = layers.find((layer) => 'urls' in layer);
  if (foreign !== undefined) throw unusable(reference, 'a layer of it may not be passed on');
  const read = parsed(reference, 'configuration', await registry.blob(config));
  if (!isConfig(read) || read.rootfs.diff_ids.length !== layers.length) {
    throw unusable(reference, 'its configuration names other layers than its manifest');
  }
  const { os = 'linux', architecture } = read;
  if (`${os}/${architecture}` !== platform) {
    throw unusable(reference, `it is for ${os}/${architecture}, not ${platform}`);
  }
  const node = nodeVersion(read);
  if (node !== undefined && isOlder(node, OLDEST_NODE)) {
    throw unusable(reference, `it has Node ${node.join('.')}`);
  }
  return {
    reference,
    digest: manifest.digest,
    mediaType: manifest.mediaType,
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    config: read,
  };
}

async function ofPlatform(
  registry: Registry,
  reference: ImageReference,
  fetched: FetchedManifest,
  platform: Platform,
): Promise<FetchedManifest> {
  const { ociIndex, dockerList, oci, docker } = MANIFEST_TYPES;
  const { mediaType } = fetched;
  if (mediaType === oci || mediaType === docker) return fetched;
  if (mediaType !== ociIndex && mediaType !== dockerList) {
    throw unusable(reference, `it is "${mediaType}", which is no image`);
  }
  const { manifests } = parsed(reference, 'manifest', fetched.bytes);
  const all: unknown[] = Array.isArray(manifests) ? manifests : [];
  const names = all.map((each) => (isRecord(each) ? platformOf(each.platform) : undefined));
  const found = all[names.indexOf(platform)];
  if (isDescriptor(found)) return registry.manifest(found.digest);
  const known = names.filter((name) => name !== undefined && !name.includes('unknown'));
  throw unusable(reference, `it is not for ${platform}, only for ${known.join(', ') || 'nothing'}`);
}

/** The version that images of Node say they have; undefined for others, which may have one all the same. */
function nodeVersion({ config }: ImageConfig): number[] | undefined {
  const all: unknown[] = Array.isArray(config?.Env) ? config.Env : [];
  const said = all.map((each) => /^NODE_VERSION=v?(\d+)\.(\d+)/.exec(String(each)));
  return said
    .find((match) => match !== null)
    ?.slice(1)
    .map(Number);
}

function isOlder([major = 0, minor = 0]: number[], [least, leastMinor]: readonly [number, number]) {
  return major < least || (major === least && minor < leastMinor);
}

function platformOf(platform: unknown): string | undefined {
  if (!isRecord(platform)) return undefined;
  return `${String(platform.os)}/${String(platform.architecture)}`;
}

function parsed(reference: ImageReference, what: string, bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (isRecord(value)) return value;
  } catch {
    // Below.
  }
  throw unusable(reference, `its ${what} is not JSON`);
}

function isDescriptor(value: unknown): value is Descriptor {
  return (
    isRecord(value) &&
    typeof value.mediaType === 'string' &&
    typeof value.digest === 'string' &&
    /^sha256:[0-9a-f]{64}$/.test(value.digest) &&
    typeof value.size === 'number'
  );
}

function isConfig(value: unknown): value is ImageConfig {
  return isRecord(value) && isRecord(value.rootfs) && Array.isArray(value.rootfs.diff_ids);
}

function unusable(reference: ImageReference, why: string): AppError {
  return usageError(
    `${shownReference(reference)} can't be the base: ${why}.`,
    `Choose another one with --base; it has to have Node ${OLDEST_NODE.join('.')} or later.`,
    'UnusableBase',
  );
}
