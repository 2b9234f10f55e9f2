import { isRecord, readExactFields } from '../events/json-value.ts';
import type { Aws } from './clients.ts';
import { signedPost } from './signed-post.ts';

/**
 * ARNs of what carries a tag (`GetResources` of the Resource Groups Tagging API, its first hundred). What was deleted may
 * stand there for some minutes more.
 */
export async function taggedResources(aws: Aws, key: string, value: string): Promise<string[]> {
  const answer = await signedPost(aws, `look for what is tagged ${key}`, {
    service: 'tagging',
    endpoint: aws.kind === 'aws' ? undefined : aws.endpoint,
    contentType: 'application/x-amz-json-1.1',
    headers: { 'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources' },
    body: JSON.stringify({ TagFilters: [{ Key: key, Values: [value] }] }),
    errorOf: (body) => {
      const { __type: name, message, Message } = readExactFields(body) ?? {};
      return { name: textOf(name)?.split('#').at(-1), message: textOf(message ?? Message) };
    },
  });
  const { ResourceTagMappingList: list } = readExactFields(answer) ?? {};
  if (!Array.isArray(list)) return [];
  return list.flatMap((each) => (isRecord(each) ? (textOf(each.ResourceARN) ?? []) : [])).sort();
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
