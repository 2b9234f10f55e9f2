import type { Figures } from '../services/sqs/queue/message.ts';
import { reportedAge } from '../services/sqs/queue/oldest-age.ts';
import { fairnessOf } from '../services/sqs/queue/tenants.ts';
import type { SqsState } from '../services/sqs/state.ts';
import { metric } from './metric.ts';

/** The queues as Prometheus reads them: messages by state, ages, dead letters, and what fair queues keep apart. */
export function queueMetrics(sqs: SqsState): string[] {
  const queues = [...sqs.queues.values()];
  const now = sqs.parts.clock.now();
  const targets = new Set(queues.map(({ settings }) => settings.redrive?.deadLetterTargetArn));
  const all: string[] = [];
  const oldest: string[] = [];
  const dead: string[] = [];
  const quiet: string[] = [];
  const noisy: string[] = [];
  for (const queue of queues) {
    const labels = `account="${queue.account}",region="${queue.region}",queue="${queue.name}"`;
    all.push(...samples('pubsub_queue_messages', labels, queue));
    oldest.push(`pubsub_queue_oldest_message_seconds{${labels}} ${reportedAge(queue, now) / 1000}`);
    if (targets.has(queue.arn)) dead.push(`pubsub_dead_letters{${labels}} ${queue.visible}`);
    if (queue.tenants.size === 0) continue;
    const fairness = fairnessOf(queue, now);
    quiet.push(...samples('pubsub_queue_messages_in_quiet_groups', labels, fairness.quiet));
    noisy.push(`pubsub_queue_noisy_groups{${labels}} ${fairness.noisyGroups}`);
  }
  return [
    ...metric('pubsub_queue_messages', 'gauge', 'Messages in each queue by state.', all),
    ...metric(
      'pubsub_queue_oldest_message_seconds',
      'gauge',
      'Age of the oldest message of each queue, as ApproximateAgeOfOldestMessage of CloudWatch.',
      oldest,
    ),
    ...metric(
      'pubsub_dead_letters',
      'gauge',
      'Messages that can be received from the dead-letter queue of another queue.',
      dead,
    ),
    ...metric(
      'pubsub_queue_messages_in_quiet_groups',
      'gauge',
      'Messages of a standard queue that belong to no noisy message group.',
      quiet,
    ),
    ...metric(
      'pubsub_queue_noisy_groups',
      'gauge',
      'Message groups of a standard queue with more than their share in flight.',
      noisy,
    ),
  ];
}

function samples(name: string, labels: string, figures: Readonly<Figures>): string[] {
  return [
    `${name}{${labels},state="visible"} ${figures.visible}`,
    `${name}{${labels},state="in-flight"} ${figures.inFlight}`,
    `${name}{${labels},state="delayed"} ${figures.delayed}`,
  ];
}
