import type { Attributes } from '../aws/topics.ts';
import { rememberedSettings } from '../definition/resource-tags.ts';
import type { Difference } from './change.ts';

/** The attribute of topics and queues that names their KMS key. */
export const KEY_ATTRIBUTE = 'KmsMasterKeyId';

/**
 * Whether the encryption differs. What nothing is said of stays as it is, unless the topology set it before.
 * @param kmsKey as the topology has it. @param found the resource's attributes and tags.
 */
export function keyDifference(
  kmsKey: string | false | undefined,
  found: { readonly attributes: Attributes; readonly tags: Attributes },
): Difference[] {
  const from = found.attributes[KEY_ATTRIBUTE] || undefined;
  const isOver = kmsKey === undefined && rememberedSettings(found.tags).hasKmsKey;
  if (kmsKey === undefined && !isOver) return [];
  const to = kmsKey || undefined;
  return from === to ? [] : [{ setting: KEY_ATTRIBUTE, from, to }];
}

/** The attribute that a new resource is created with. */
export function keySetting(kmsKey: string | false | undefined): Attributes {
  return kmsKey ? { [KEY_ATTRIBUTE]: kmsKey } : {};
}
