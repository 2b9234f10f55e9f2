import { isRecord } from '../../events/json-value.ts';
import type { BaseImage, ImageConfig } from './base-image.ts';
import { IMAGE_FOLDERS, IMAGE_USER } from './image-files.ts';
import type { Layer } from './layer.ts';
import { shownReference } from './reference.ts';
import { type Descriptor, digestOf, type FetchedManifest, MANIFEST_TYPES } from './registry.ts';

/** An image that is ready to be pushed. */
export interface BuiltImage {
  readonly manifest: FetchedManifest;
  readonly config: { readonly descriptor: Descriptor; readonly bytes: Buffer };
  readonly layers: readonly Descriptor[];
  /** The one on top, which is ours. */
  readonly layer: Layer;
  readonly base: BaseImage;
}

const LAYER_TYPES = {
  [MANIFEST_TYPES.oci]: 'application/vnd.oci.image.layer.v1.tar+gzip',
  [MANIFEST_TYPES.docker]: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};
const CONFIG_TYPES = {
  [MANIFEST_TYPES.oci]: 'application/vnd.oci.image.config.v1+json',
  [MANIFEST_TYPES.docker]: 'application/vnd.docker.container.image.v1+json',
};
/** When everything of ours was made: always the same, so that the same program makes the same image. */
const EPOCH = '1970-01-01T00:00:00Z';

/**
 * Puts a layer onto a base: pure, and the same bytes for the same two.
 * @param version of this program, for a label.
 */
export function composeImage(base: BaseImage, layer: Layer, version: string): BuiltImage {
  const kind =
    base.mediaType === MANIFEST_TYPES.docker ? MANIFEST_TYPES.docker : MANIFEST_TYPES.oci;
  const bytes = Buffer.from(JSON.stringify(configOf(base, layer, version)));
  const descriptor = { mediaType: CONFIG_TYPES[kind], digest: digestOf(bytes), size: bytes.length };
  const { digest, size } = layer;
  const layers = [...base.layers, { mediaType: LAYER_TYPES[kind], digest, size }];
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: kind, config: descriptor, layers }),
  );
  return {
    manifest: { mediaType: kind, digest: digestOf(manifest), bytes: manifest },
    config: { descriptor, bytes },
    layers,
    layer,
    base,
  };
}

function configOf(base: BaseImage, layer: Layer, version: string): ImageConfig {
  const { config = {}, rootfs, history = [], ...rest } = base.config;
  const { program, project } = IMAGE_FOLDERS;
  return {
    ...rest,
    created: EPOCH,
    config: {
      // What the base starts, looks at and stops with is about another program.
      ...without(config, ['Cmd', 'Healthcheck', 'StopSignal', 'OnBuild']),
      User: `${IMAGE_USER}:${IMAGE_USER}`,
      WorkingDir: `/${project}`,
      Env: environment(config.Env),
      Entrypoint: ['node', `/${program}/bin/pubsub.js`],
      Labels: {
        ...(isRecord(config.Labels) ? config.Labels : {}),
        'org.opencontainers.image.title': 'pubsub',
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.base.name': shownReference(base.reference),
        'org.opencontainers.image.base.digest': base.digest,
      },
    },
    rootfs: { ...rootfs, diff_ids: [...rootfs.diff_ids, layer.diffId] },
    history: [...history, { created: EPOCH, created_by: 'pubsub deploy image' }],
  };
}

/** Nobody's user has no home: what is kept goes where everybody may write. */
const ENVIRONMENT = { NODE_ENV: 'production', HOME: '/tmp', XDG_STATE_HOME: '/tmp/state' } as const;

function environment(base: unknown): string[] {
  const own = Object.entries(ENVIRONMENT);
  const others = (Array.isArray(base) ? base.map(String) : []).filter(
    (each) => !own.some(([name]) => each.startsWith(`${name}=`)),
  );
  return [...others, ...own.map(([name, value]) => `${name}=${value}`)];
}

function without(
  config: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)));
}
