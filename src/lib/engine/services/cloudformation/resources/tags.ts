import type { Properties } from './check-properties.ts';
import type { ResourceContext } from './resource-type.ts';
import { objects } from './values.ts';

type Tags = Readonly<Record<string, string>>;

/** The property `Tags` of most resources. */
export const TAGS = [{ Key: 'string', Value: 'string' }] as const;

/** The property `Tags` of the others, of which it is a map. */
export const TAG_MAP = { '*': 'string' } as const;

/** Tags of a resource: those of its stack, and over them its own, whether they are a list or a map. */
export function tagsOf(properties: Properties, ofStack: Tags): Record<string, string> {
  const { Tags: given = {} } = properties;
  const own = Array.isArray(given)
    ? Object.fromEntries(
        objects(properties, 'Tags').map(({ Key, Value }) => [String(Key), String(Value)]),
      )
    : (given as Tags);
  return { ...ofStack, ...own };
}

/** Tags as a list of pairs. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** How a resource's tags are changed. */
interface TagCalls {
  untag(keys: readonly string[]): Promise<unknown>;
  tag(tags: Tags): Promise<unknown>;
}

/** Gives a resource the tags that it is to have, and takes those away that it had before. */
export async function retag(
  properties: Properties,
  before: Properties,
  context: ResourceContext,
  { untag, tag }: TagCalls,
): Promise<void> {
  const after = tagsOf(properties, context.tags);
  const had = Object.keys(tagsOf(before, context.tagsBefore));
  const gone = had.filter((key) => !Object.hasOwn(after, key));
  if (gone.length > 0) await untag(gone);
  if (Object.keys(after).length > 0) await tag(after);
}

/** `retag` of what Lambda has. */
export function retagLambda(
  properties: Properties,
  before: Properties,
  Resource: string,
  context: ResourceContext,
): Promise<void> {
  return retag(properties, before, context, {
    untag: (TagKeys) => context.call('lambda', 'UntagResource', { Resource, TagKeys }),
    tag: (Tags) => context.call('lambda', 'TagResource', { Resource, Tags }),
  });
}
