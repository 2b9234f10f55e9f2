import type { Aws } from '../aws/clients.ts';
import { createQueue, getQueueAttributes, setQueueAttributes } from '../aws/queues.ts';
import { tagQueue } from '../aws/tags.ts';
import type { Attributes } from '../aws/topics.ts';
import { type SubscriberSpec, topologyTags } from '../definition/topology.ts';
import type { Work } from './apply.ts';
import type { Change } from './change.ts';
import { arnOfNewQueue } from './new-queue.ts';
import { siblingArn } from './observed.ts';
import { mergedPolicy } from './queue-policy.ts';
import { dlqSettings, queueSettings, redrivePolicy } from './queue-settings.ts';

/** Brings a dead-letter queue to what it should be. @returns its ARN. */
export async function convergeDlq(work: Work, spec: SubscriberSpec): Promise<string> {
  const { aws, observed, steps, wanted } = work;
  const change = wanted('dlq', spec.dlq);
  const found = observed.queues.get(spec.dlq);
  const tags = topologyTags(work.topology);
  if (!found) {
    return steps.run(change, async () => {
      const attributes = dlqSettings(spec);
      const url = await work.create(spec.dlq, () =>
        createQueue(aws, { name: spec.dlq, attributes, tags }),
      );
      return arnOfNewQueue(aws, url);
    });
  }
  if (change) await steps.run(change, () => update(aws, found.url, change, tags));
  return found.arn;
}

/** Brings a queue to what it should be; a new one gets its policy with it. @returns its ARN. */
export async function convergeQueue(
  work: Work,
  spec: SubscriberSpec,
  arns: { dlqArn: string; topicArn: string },
): Promise<string> {
  const { aws, observed, steps, wanted } = work;
  const change = wanted('queue', spec.queue);
  const found = observed.queues.get(spec.queue);
  const tags = topologyTags(work.topology);
  if (!found) {
    const queueArn = siblingArn({ arn: arns.dlqArn }, spec.queue);
    const attributes = {
      ...queueSettings(spec),
      RedrivePolicy: redrivePolicy(arns.dlqArn, spec.maxReceiveCount),
      Policy: mergedPolicy(undefined, { queue: spec.queue, queueArn, topicArn: arns.topicArn })
        .text,
    };
    await steps.run(change, () =>
      work.create(spec.queue, () => createQueue(aws, { name: spec.queue, attributes, tags })),
    );
    steps.settled(wanted('policy', spec.queue));
    return queueArn;
  }
  if (change) await steps.run(change, () => update(aws, found.url, change, tags));
  return found.arn;
}

/** Puts our statement into a queue's policy as it is now, which may not be what it was when the plan was made. */
export async function convergePolicy(
  { aws, observed, steps, wanted }: Work,
  spec: SubscriberSpec,
  topicArn: string,
): Promise<void> {
  const change = wanted('policy', spec.queue);
  const found = observed.queues.get(spec.queue);
  // A queue that wasn't there was created with its policy.
  if (!change || !found) return;
  await steps.run(change, async () => {
    const { Policy } = (await getQueueAttributes(aws, found.url, ['Policy'])) ?? {};
    const parties = { queue: spec.queue, queueArn: found.arn, topicArn };
    const { text, changed } = mergedPolicy(Policy, parties);
    if (changed) await setQueueAttributes(aws, found.url, { Policy: text });
  });
}

async function update(aws: Aws, url: string, change: Change, tags: Attributes): Promise<void> {
  const attributes = Object.fromEntries(
    change.differences
      .filter(({ setting }) => setting !== 'tags')
      .map(({ setting, to }) => [setting, to ?? '']),
  );
  if (Object.keys(attributes).length > 0) await setQueueAttributes(aws, url, attributes);
  if (change.differences.some(({ setting }) => setting === 'tags')) await tagQueue(aws, url, tags);
}
