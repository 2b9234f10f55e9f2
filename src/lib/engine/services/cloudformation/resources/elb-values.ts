import type { Properties } from './check-properties.ts';
import type { ResourceContext } from './resource-type.ts';
import { retag, tagList } from './tags.ts';
import { objects } from './values.ts';

/** What attributes that the template no longer has go back to. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'idle_timeout.timeout_seconds': '60',
  'deregistration_delay.timeout_seconds': '300',
};

/** The attributes that have to be set. @param name of the property that has them. */
export function attributeChanges(
  properties: Properties,
  before: Properties,
  name: string,
): { Key: string; Value: string }[] {
  const after = attributesIn(properties, name);
  const then = attributesIn(before, name);
  const gone = Object.keys(then).filter((key) => !(key in after) && key in DEFAULTS);
  const changed = Object.keys(after).filter((key) => after[key] !== then[key]);
  return [...gone, ...changed].map((Key) => ({ Key, Value: after[Key] ?? DEFAULTS[Key] ?? '' }));
}

function attributesIn(properties: Properties, name: string): Record<string, string> {
  return Object.fromEntries(
    objects(properties, name).map(({ Key, Value }) => [String(Key), String(Value)]),
  );
}

/** `retag` of what Elastic Load Balancing has. */
export function retagElb(
  properties: Properties,
  before: Properties,
  arn: string,
  context: ResourceContext,
): Promise<void> {
  const ResourceArns = [arn];
  return retag(properties, before, context, {
    untag: (TagKeys) =>
      context.call('elasticloadbalancing', 'RemoveTags', { ResourceArns, TagKeys }),
    tag: (tags) =>
      context.call('elasticloadbalancing', 'AddTags', { ResourceArns, Tags: tagList(tags) }),
  });
}
