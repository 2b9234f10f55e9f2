import type { ResourceSamples, Sample } from '../ports.ts';
import type { LambdaState } from '../services/lambda/state.ts';
import type { SnsState } from '../services/sns/state.ts';
import { reportedAge } from '../services/sqs/queue/oldest-age.ts';
import type { Queue } from '../services/sqs/queue/queue.ts';
import type { SqsState } from '../services/sqs/state.ts';
import type { Measured, Measures, Meter } from './meter.ts';

/** "CloudWatch considers a queue to be active for up to six hours" after the last use of it; a topic as well. */
const ACTIVE_MS = 6 * 60 * 60 * 1000;

const QUEUE_COUNTS = [
  'NumberOfMessagesSent',
  'NumberOfMessagesReceived',
  'NumberOfMessagesDeleted',
  'NumberOfEmptyReceives',
];
const TOPIC_COUNTS = [
  'NumberOfMessagesPublished',
  'NumberOfNotificationsDelivered',
  'NumberOfNotificationsFailed',
  'NumberOfNotificationsFilteredOut',
];
/** Sent only in minutes in which there is something to tell. */
const TOPIC_EVENTS = [
  'NumberOfNotificationsFilteredOut-MessageAttributes',
  'NumberOfNotificationsFilteredOut-MessageBody',
  'NumberOfNotificationsRedrivenToDlq',
  'NumberOfNotificationsFailedToRedriveToDlq',
];
const NO_MEASURES: Measures = new Map();

/** The states that metrics are derived from. */
export interface Measurable {
  readonly meter: Meter;
  readonly sqs: SqsState;
  readonly sns: SnsState;
  readonly lambda: LambdaState;
}

/**
 * What the last minute was like, for each queue, topic and function that CloudWatch would have metrics of. It takes the
 * meter's counts.
 *
 * @param lastUse when each resource that was used of late last was, by ARN; kept up here
 * @param now in the engine's time
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function* resourceMetrics(
  { meter, sqs, sns, lambda }: Measurable,
  lastUse: Map<string, number>,
  now: number,
): Iterable<ResourceSamples> {
  const measured = meter.take();
  for (const arn of measured.keys()) lastUse.set(arn, now);
  for (const [arn, at] of lastUse) if (now - at >= ACTIVE_MS) lastUse.delete(arn);
  for (const queue of sqs.queues.values()) {
    const { arn, account, region, name, createdAt } = queue;
    const isUsed =
      queue.visible + queue.inFlight + queue.delayed > 0 || now - createdAt < ACTIVE_MS;
    if (!isUsed && !lastUse.has(arn)) continue;
    const samples = queueSamples(queue, measured.get(arn) ?? NO_MEASURES, now);
    yield { arn, account, region, namespace: 'AWS/SQS', dimension: ['QueueName', name], samples };
  }
  for (const { arn, account, region, name } of sns.topics.values()) {
    if (!lastUse.has(arn)) continue;
    const samples = topicSamples(measured.get(arn) ?? NO_MEASURES);
    yield { arn, account, region, namespace: 'AWS/SNS', dimension: ['TopicName', name], samples };
  }
  for (const [arn, measures] of measured) {
    const fn = lambda.functions.get(arn);
    if (fn === undefined) continue;
    const { account, region, name } = fn;
    const samples = functionSamples(measures);
    const dimension = ['FunctionName', name] as const;
    yield { arn, account, region, namespace: 'AWS/Lambda', dimension, samples };
  }
}

function queueSamples(queue: Queue, measures: Measures, now: number): Sample[] {
  return [
    gauge('ApproximateNumberOfMessagesVisible', 'Count', queue.visible),
    gauge('ApproximateNumberOfMessagesNotVisible', 'Count', queue.inFlight),
    gauge('ApproximateNumberOfMessagesDelayed', 'Count', queue.delayed),
    gauge('ApproximateAgeOfOldestMessage', 'Seconds', Math.floor(reportedAge(queue, now) / 1000)),
    ...QUEUE_COUNTS.map((name) => total(name, measures)),
  ];
}

function topicSamples(measures: Measures): Sample[] {
  const size = measures.get('PublishSize');
  const told = TOPIC_EVENTS.filter((name) => measures.has(name));
  return [
    ...TOPIC_COUNTS.map((name) => total(name, measures)),
    ...told.map((name) => total(name, measures)),
    ...(size === undefined ? [] : [distribution('PublishSize', 'Bytes', size)]),
  ];
}

function functionSamples(measures: Measures): Sample[] {
  const invocations = measures.get('Duration');
  const throttles = measures.get('Throttles');
  if (invocations === undefined)
    return throttles ? [distribution('Throttles', 'Count', throttles)] : [];
  const concurrent = measures.get('ConcurrentExecutions');
  return [
    distribution('Duration', 'Milliseconds', invocations),
    ...['Invocations', 'Errors', 'Throttles'].map((name) =>
      distribution(name, 'Count', measures.get(name) ?? zeros(invocations.count)),
    ),
    ...(concurrent ? [distribution('ConcurrentExecutions', 'Count', concurrent)] : []),
  ];
}

function zeros(count: number): Measured {
  return { count, sum: 0, min: 0, max: 0 };
}

function distribution(name: string, unit: string, { count, sum, min, max }: Measured): Sample {
  return { name, unit, count, sum, min, max };
}

function gauge(name: string, unit: string, value: number): Sample {
  return { name, unit, count: 1, sum: value, min: value, max: value };
}

/** A minute's count is one sample. */
function total(name: string, measures: Measures): Sample {
  return gauge(name, 'Count', measures.get(name)?.sum ?? 0);
}
