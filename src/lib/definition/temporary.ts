import { assertQueueName } from '../rules/names.ts';
import { MANAGED_TAG, TOPOLOGY_TAG_KEY, type Topology, topologyTags } from './topology.ts';

/** What temporary resources are for: watching a topic, or sending a canary through a copy of it. */
export const TEMPORARY_PURPOSES = ['tap', 'probe'] as const;
export type TemporaryPurpose = (typeof TEMPORARY_PURPOSES)[number];

/** Tag that only temporary resources carry; its value is their purpose. */
export const TEMPORARY_TAG_KEY = 'pubsub:temporary';
/** Tag with the ISO 8601 time from which on anybody may remove the resource. */
export const EXPIRES_TAG_KEY = 'pubsub:expires';

/** What the names of a topology's temporary resources begin with. Others may have such names as well: tags decide. */
export function temporaryNamePrefix({ prefix }: Pick<Topology, 'prefix'>): string {
  return prefix ? `${prefix}-pubsub-` : 'pubsub-';
}

/**
 * A name for a temporary queue or topic: `[prefix-]pubsub-<purpose>-<id>`.
 * @param id eight hexadecimal digits, from a random source.
 * @param options.fifo whether it is one of a FIFO topic.
 * @throws AppError (exit 2) where the topology's prefix makes it longer than AWS allows.
 */
export function temporaryName(
  topology: Pick<Topology, 'prefix'>,
  purpose: TemporaryPurpose,
  options: { readonly id: string; readonly fifo: boolean },
): string {
  const end = options.fifo ? '.fifo' : '';
  const name = `${temporaryNamePrefix(topology)}${purpose}-${options.id}${end}`;
  assertQueueName(name);
  return name;
}

/** The purpose that a name tells of; undefined where it is not a temporary resource's of the topology. */
export function temporaryPurposeOf(
  topology: Pick<Topology, 'prefix'>,
  name: string,
): TemporaryPurpose | undefined {
  const start = temporaryNamePrefix(topology);
  if (!name.startsWith(start)) return undefined;
  const [, purpose] = /^([a-z]+)-[0-9a-f]{8}(?:\.fifo)?$/.exec(name.slice(start.length)) ?? [];
  return TEMPORARY_PURPOSES.find((each) => each === purpose);
}

/** The tags of a temporary resource. @param expires when anybody may remove it, in milliseconds since the epoch. */
export function temporaryTags(
  topology: Topology,
  purpose: TemporaryPurpose,
  expires: number,
): Record<string, string> {
  return {
    ...topologyTags(topology),
    [TEMPORARY_TAG_KEY]: purpose,
    [EXPIRES_TAG_KEY]: new Date(expires).toISOString(),
  };
}

/** What a resource's tags say of it. */
export interface TemporaryFacts {
  readonly purpose: TemporaryPurpose;
  /** Milliseconds since the epoch; in the past where the tag is not a time. */
  readonly expires: number;
}

/** Reads the tags of a topology's temporary resource; undefined where they aren't all there: then it isn't ours. */
export function readTemporaryTags(
  topology: Pick<Topology, 'name'>,
  tags: Readonly<Record<string, string>>,
): TemporaryFacts | undefined {
  if (tags[MANAGED_TAG.key] !== MANAGED_TAG.value) return undefined;
  if (tags[TOPOLOGY_TAG_KEY] !== topology.name) return undefined;
  const purpose = TEMPORARY_PURPOSES.find((each) => each === tags[TEMPORARY_TAG_KEY]);
  if (purpose === undefined) return undefined;
  const expires = Date.parse(tags[EXPIRES_TAG_KEY] ?? '');
  return { purpose, expires: Number.isNaN(expires) ? 0 : expires };
}
