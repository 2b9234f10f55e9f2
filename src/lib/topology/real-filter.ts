import type { Aws } from '../aws/clients.ts';
import { findQueueUrl, getQueueAttributes } from '../aws/queues.ts';
import { getSubscriptionAttributes, listTopicSubscriptions } from '../aws/subscriptions.ts';
import type { SubscriberSpec } from '../definition/topology.ts';
import { AppError } from '../rules/errors.ts';
import type { FilterPolicyScope } from '../rules/filter-policy/index.ts';

/** A subscription's filter as it really is; no policy where it lets everything through. */
export interface RealFilter {
  readonly filterPolicy: string | undefined;
  readonly scope: FilterPolicyScope;
}

/**
 * Reads the filter of a subscriber's subscription to a topic.
 * @throws AppError `NotSubscribed` where its queue isn't subscribed to the topic.
 */
export async function readRealFilter(
  aws: Aws,
  topicArn: string,
  { name, queue }: Pick<SubscriberSpec, 'name' | 'queue'>,
): Promise<RealFilter> {
  const [subscriptions, url] = await Promise.all([
    listTopicSubscriptions(aws, topicArn),
    findQueueUrl(aws, queue),
  ]);
  const { QueueArn } =
    (url === undefined ? undefined : await getQueueAttributes(aws, url, ['QueueArn'])) ?? {};
  const found = subscriptions?.find(({ endpoint }) => endpoint === QueueArn);
  const attributes = found && (await getSubscriptionAttributes(aws, found.arn));
  if (attributes === undefined) {
    throw new AppError({
      code: 'NotSubscribed',
      message: `${name} gets nothing: queue "${queue}" is not subscribed to the topic.`,
    });
  }
  const { FilterPolicy = '', FilterPolicyScope } = attributes;
  const none = FilterPolicy === '' || /^\s*\{\s*\}\s*$/.test(FilterPolicy);
  return {
    filterPolicy: none ? undefined : FilterPolicy,
    scope: FilterPolicyScope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes',
  };
}
