import type { BuiltImage } from '../deploy/image/image.ts';

/** Where an image was pushed to. */
export interface PushedImage {
  /** Registry and repository. */
  readonly name: string;
  readonly tag: string;
}

/** The document of `deploy image --json`; `image` is null where it was not pushed. */
export function imageDocument(
  { manifest, layers, layer, base }: BuiltImage,
  platform: string,
  pushed: PushedImage | undefined,
) {
  const { registry, repository, tag } = base.reference;
  return {
    image: pushed === undefined ? null : `${pushed.name}@${manifest.digest}`,
    tag: pushed?.tag ?? null,
    digest: manifest.digest,
    mediaType: manifest.mediaType,
    platform,
    base: { name: `${registry}/${repository}${tag ? `:${tag}` : ''}`, digest: base.digest },
    layers: layers.map(({ digest, size }) => ({ digest, size, ours: digest === layer.digest })),
  };
}

/** The lines of `deploy image`: the image by its digest, as a task definition names it, and what it is made of. */
export function renderImage(
  image: BuiltImage,
  platform: string,
  pushed: PushedImage | undefined,
): string[] {
  const { base, digest, layers } = imageDocument(image, platform, pushed);
  const total = layers.reduce((sum, { size }) => sum + size, 0);
  return [
    pushed === undefined ? digest : `${pushed.name}@${digest}`,
    ...(pushed === undefined ? [] : [`  tag       ${pushed.tag}`]),
    `  platform  ${platform}`,
    `  base      ${base.name}@${base.digest}`,
    `  layers    ${layers.length}, ${megabytes(total)}, ${megabytes(image.layer.size)} of it ours`,
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
