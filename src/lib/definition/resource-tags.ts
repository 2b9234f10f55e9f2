import { usageError } from '../rules/errors.ts';
import { type Topology, topologyTags } from './topology.ts';

/**
 * Tag that says which settings of a resource come from its topology beyond those that always do: what is taken out of
 * the topology is then taken back, and what others set stays.
 */
export const SETS_TAG_KEY = 'pubsub:sets';
/** Stands in that tag for the encryption key; tags stand for themselves. */
const KMS_KEY = '@kms-key';
/** Longest value of a tag. */
const MAX_TAG_VALUE = 256;

/** What a topology says of a resource that is remembered on it. */
export interface RememberedSettings {
  readonly kmsKey?: string | false | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/**
 * All tags that a resource of a topology has to have.
 * @throws AppError (exit 2) where the names of its own tags are too long to be remembered.
 */
export function resourceTags(
  topology: Pick<Topology, 'name'>,
  { kmsKey, tags = {} }: RememberedSettings,
): Record<string, string> {
  const sets = [...(kmsKey ? [KMS_KEY] : []), ...Object.keys(tags).sort().map(written)].join(' ');
  if (sets.length > MAX_TAG_VALUE) {
    throw usageError(
      `The tags of one resource have names of ${sets.length} characters together; ${MAX_TAG_VALUE} can be kept.`,
      'Leave some out, or use shorter names.',
      'InvalidConfig',
    );
  }
  return { ...tags, ...topologyTags(topology), ...(sets ? { [SETS_TAG_KEY]: sets } : {}) };
}

/** What a topology set on a resource at an earlier time, as its tags tell. */
export function rememberedSettings(found: Readonly<Record<string, string>>): {
  readonly hasKmsKey: boolean;
  readonly tagKeys: readonly string[];
} {
  const sets = (found[SETS_TAG_KEY] ?? '').split(' ').filter((each) => each !== '');
  return {
    hasKmsKey: sets.includes(KMS_KEY),
    tagKeys: sets.filter((each) => each !== KMS_KEY).map(read),
  };
}

/** A space parts the names, and `@` begins a code, which tags may hold as well. */
function written(key: string): string {
  return key.replaceAll('@', '@40').replaceAll(' ', '@20');
}

function read(text: string): string {
  return text.replaceAll('@20', ' ').replaceAll('@40', '@');
}
