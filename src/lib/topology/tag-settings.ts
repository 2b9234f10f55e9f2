import type { Attributes } from '../aws/topics.ts';
import {
  type RememberedSettings,
  rememberedSettings,
  resourceTags,
  SETS_TAG_KEY,
} from '../definition/resource-tags.ts';
import {
  isTaggedAs,
  MANAGED_TAG,
  TOPOLOGY_TAG_KEY,
  type Topology,
} from '../definition/topology.ts';
import type { Difference } from './change.ts';

/** What has to be done about the tags of a resource. */
export interface TagChange {
  /** Tags to add, or to give another value. */
  readonly set: Attributes;
  /** Keys of tags to take off: those that the topology set before and doesn't any more. */
  readonly remove: readonly string[];
}

/** What has to be done about a resource's tags. Tags that others gave it stay. */
export function tagChange(
  topology: Topology,
  settings: RememberedSettings,
  found: Attributes,
): TagChange {
  const wanted = resourceTags(topology, settings);
  const set = Object.entries(wanted).filter(([key, value]) => found[key] !== value);
  const ours = [...rememberedSettings(found).tagKeys, SETS_TAG_KEY];
  const remove = ours.filter((key) => !Object.hasOwn(wanted, key) && Object.hasOwn(found, key));
  return { set: Object.fromEntries(set), remove };
}

/** The same as a difference of a plan. */
export function tagDifference(
  topology: Topology,
  settings: RememberedSettings,
  found: Attributes,
): Difference[] {
  const { set, remove } = tagChange(topology, settings, found);
  const keys = [...Object.keys(set), ...remove];
  if (keys.length === 0) return [];
  const isUntagged = found[MANAGED_TAG.key] === undefined && found[TOPOLOGY_TAG_KEY] === undefined;
  const wanted = resourceTags(topology, settings);
  // Of tags that say whose it is, all are shown where one differs.
  const shown = isTaggedAs(topology, found)
    ? keys
    : [...new Set([MANAGED_TAG.key, TOPOLOGY_TAG_KEY, ...keys])];
  return [
    {
      setting: 'tags',
      from: isUntagged ? undefined : written(shown, found),
      to: written(shown, wanted),
    },
  ];
}

function written(keys: readonly string[], tags: Attributes): string | undefined {
  const parts = keys.flatMap((key) => (tags[key] === undefined ? [] : [`${key}=${tags[key]}`]));
  return parts.length > 0 ? parts.join(' ') : undefined;
}
