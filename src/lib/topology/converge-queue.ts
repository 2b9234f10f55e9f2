import { createQueue, getQueueAttributes, setQueueAttributes } from '../aws/queues.ts';
import { tagQueue, untagQueue } from '../aws/tags.ts';
import { type RememberedSettings, resourceTags } from '../definition/resource-tags.ts';
import type { SubscriberSpec } from '../definition/topology.ts';
import { parseArn } from '../rules/names.ts';
import type { Change } from './change.ts';
import type { ObservedQueue } from './inspect.ts';
import { keySetting } from './key-setting.ts';
import { arnOfNewQueue } from './new-queue.ts';
import { siblingArn } from './observed.ts';
import { mergedPolicy } from './queue-policy.ts';
import { dlqSettings, queueSettings, redrivePolicy } from './queue-settings.ts';
import { tagChange } from './tag-settings.ts';
import type { Work } from './work.ts';

/** Brings a dead-letter queue to what it should be. @returns its ARN. */
export async function convergeDlq(work: Work, name: string): Promise<string> {
  const { aws, observed, steps, topology, wanted } = work;
  const change = wanted({ type: 'dlq', name });
  const found = observed.queues.get(name);
  const spec = topology.subscribers.find(({ dlq }) => dlq === name);
  const settings = { kmsKey: spec?.dlqKmsKey };
  if (!found) {
    return steps.run(change, async () => {
      const attributes = { ...(spec && dlqSettings(spec)), ...keySetting(settings.kmsKey) };
      const tags = resourceTags(topology, settings);
      const url = await work.create(name, () => createQueue(aws, { name, attributes, tags }));
      return arnOfNewQueue(aws, url);
    });
  }
  if (change) await steps.run(change, () => update(work, found, change, settings));
  return found.arn;
}

/** Brings a queue to what it should be; a new one gets its policy with it. @returns its ARN. */
export async function convergeQueue(
  work: Work,
  spec: SubscriberSpec,
  arns: { readonly dlqArn: string | undefined; readonly topicArns: readonly string[] },
): Promise<string> {
  const { aws, observed, steps, wanted } = work;
  const name = spec.queue;
  const change = wanted({ type: 'queue', name });
  const found = observed.queues.get(name);
  const { kmsKey } = spec;
  const tags = resourceTags(work.topology, { kmsKey });
  if (found) {
    if (change) await steps.run(change, () => update(work, found, change, { kmsKey }));
    return found.arn;
  }
  const { dlqArn, topicArns } = arns;
  const expected = dlqArn ? siblingArn({ arn: dlqArn }, name) : expectedArn(work, name);
  const policy = (queueArn: string): string =>
    mergedPolicy(undefined, { queue: name, queueArn, topicArns }).text;
  const attributes = {
    ...queueSettings(spec),
    ...keySetting(kmsKey),
    ...(dlqArn ? { RedrivePolicy: redrivePolicy(dlqArn, spec.maxReceiveCount) } : {}),
    ...(expected ? { Policy: policy(expected) } : {}),
  };
  const queueArn = await steps.run(change, async () => {
    const url = await work.create(name, () => createQueue(aws, { name, attributes, tags }));
    const arn = dlqArn && expected ? expected : await arnOfNewQueue(aws, url);
    if (arn !== expected) await setQueueAttributes(aws, url, { Policy: policy(arn) });
    return arn;
  });
  steps.settled(wanted({ type: 'policy', name }));
  return queueArn;
}

/** The ARN of a queue that has none beside it; undefined where the server doesn't tell its account. */
function expectedArn({ identity }: Work, name: string): string | undefined {
  const partition = parseArn(identity.arn ?? '')?.partition ?? 'aws';
  return identity.account && `arn:${partition}:sqs:${identity.region}:${identity.account}:${name}`;
}

/** Puts our statements into a queue's policy as it is now, which may not be what it was when the plan was made. */
export async function convergePolicy(
  { aws, observed, steps, wanted }: Work,
  { queue }: SubscriberSpec,
  topicArns: readonly string[],
): Promise<void> {
  const change = wanted({ type: 'policy', name: queue });
  const found = observed.queues.get(queue);
  // A queue that wasn't there was created with its policy.
  if (!change || !found) return;
  await steps.run(change, async () => {
    const { Policy } = (await getQueueAttributes(aws, found.url, ['Policy'])) ?? {};
    const { text, changed } = mergedPolicy(Policy, { queue, queueArn: found.arn, topicArns });
    if (changed) await setQueueAttributes(aws, found.url, { Policy: text });
  });
}

async function update(
  { aws, topology }: Work,
  { url, tags }: ObservedQueue,
  { differences }: Change,
  settings: RememberedSettings,
): Promise<void> {
  const attributes = Object.fromEntries(
    differences
      .filter(({ setting }) => setting !== 'tags')
      .map(({ setting, to }) => [setting, to ?? '']),
  );
  if (Object.keys(attributes).length > 0) await setQueueAttributes(aws, url, attributes);
  const { set, remove } = tagChange(topology, settings, tags);
  if (Object.keys(set).length > 0) await tagQueue(aws, url, set);
  if (remove.length > 0) await untagQueue(aws, url, remove);
}
