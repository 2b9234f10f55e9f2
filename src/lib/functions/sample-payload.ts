import type { FunctionSpec, SubscriberSpec, Topology } from '../definition/topology.ts';
import { createEventMaker } from '../events/event-maker.ts';

/** What stands in a sample for what only a target knows. */
const SAMPLE_ACCOUNT = '000000000000';
const SAMPLE_REGION = 'us-east-1';

/**
 * What a function is called with, as JSON text: a batch of one SQS message with a sample of an event, where a subscriber
 * has it for its handler ("Using Lambda with Amazon SQS", "Example Amazon SQS message event"); else an empty object.
 */
export function samplePayload(topology: Topology, target: FunctionSpec): string {
  const subscriber = topology.subscribers.find(
    ({ handler }) =>
      handler !== undefined && 'function' in handler && handler.function === target.key,
  );
  if (subscriber === undefined) return '{}';
  return JSON.stringify({ Records: [sampleRecord(topology, subscriber)] });
}

function sampleRecord(topology: Topology, { queue, subscriptions }: SubscriberSpec) {
  const [type = 'sample.event'] = Object.keys(topology.events);
  const { message } = createEventMaker({
    events: topology.events,
    type,
    check: () => undefined,
    seed: Date.now() % 2_147_483_647,
  }).sample({}, 1);
  const [subscription] = subscriptions;
  const topic = topology.topics.find(({ key }) => key === subscription?.topic);
  const time = new Date();
  const enveloped = {
    Type: 'Notification',
    MessageId: '00000000-0000-4000-8000-000000000001',
    TopicArn: topic?.arn ?? `arn:aws:sns:${SAMPLE_REGION}:${SAMPLE_ACCOUNT}:${topic?.name}`,
    Message: message.text,
    Timestamp: time.toISOString(),
  };
  return {
    messageId: '00000000-0000-4000-8000-000000000002',
    receiptHandle: 'sample',
    body: subscription?.rawDelivery ? message.text : JSON.stringify(enveloped),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(time.getTime()),
      SenderId: 'AIDAIT2UOQQY3AUEKVGXU',
      ApproximateFirstReceiveTimestamp: String(time.getTime()),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${SAMPLE_REGION}:${SAMPLE_ACCOUNT}:${queue}`,
    awsRegion: SAMPLE_REGION,
  };
}
