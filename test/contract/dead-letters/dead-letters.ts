import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Aws } from '../../../src/lib/aws/clients.ts';
import { type TestEndpoint, uniquePrefix } from '../../fixtures/endpoint.ts';

/** A queue of a test's own. */
export interface PlainQueue {
  readonly url: string;
  readonly arn: string;
}

/** A queue and its dead-letter queue. */
export interface DeadLetterPair {
  readonly queue: PlainQueue;
  readonly dlq: PlainQueue;
}

export async function createPlainQueue(
  { aws }: TestEndpoint,
  attributes: Record<string, string> = {},
): Promise<PlainQueue> {
  const fifo = attributes.FifoQueue === 'true';
  const { QueueUrl: url = '' } = await aws.sqs.send(
    new CreateQueueCommand({
      QueueName: uniquePrefix() + (fifo ? '.fifo' : ''),
      Attributes: attributes,
    }),
  );
  const { Attributes } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return { url, arn: Attributes?.QueueArn ?? '' };
}

/** Creates a queue whose messages are dead after one receive. */
export async function createPair(
  endpoint: TestEndpoint,
  { fifo = false, dlq: given }: { fifo?: boolean; dlq?: PlainQueue } = {},
): Promise<DeadLetterPair> {
  const kind: Record<string, string> = fifo ? { FifoQueue: 'true' } : {};
  const dlq = given ?? (await createPlainQueue(endpoint, kind));
  const policy = { deadLetterTargetArn: dlq.arn, maxReceiveCount: 1 };
  const queue = await createPlainQueue(endpoint, {
    ...kind,
    RedrivePolicy: JSON.stringify(policy),
  });
  return { queue, dlq };
}

export interface Sent {
  readonly body: string;
  readonly attributes?: Record<string, MessageAttributeValue>;
  readonly group?: string;
  readonly deduplicationId?: string;
  readonly traceHeader?: string;
}

/** Sends messages, one a request. */
export async function sendAll(
  { aws }: TestEndpoint,
  url: string,
  messages: readonly Sent[],
): Promise<void> {
  for (const { body, attributes, group, deduplicationId, traceHeader } of messages) {
    await aws.sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: body,
        ...(attributes ? { MessageAttributes: attributes } : {}),
        ...(group === undefined ? {} : { MessageGroupId: group }),
        ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
        ...(traceHeader === undefined
          ? {}
          : {
              MessageSystemAttributes: {
                AWSTraceHeader: { DataType: 'String', StringValue: traceHeader },
              },
            }),
      }),
    );
  }
}

/** Sends messages and receives them until all are dead. */
export async function deadLetter(
  endpoint: TestEndpoint,
  { queue, dlq }: DeadLetterPair,
  messages: readonly Sent[],
): Promise<void> {
  const before = (await depthOf(endpoint.aws, dlq.url)).visible;
  await sendAll(endpoint, queue.url, messages);
  for (let tries = 0; tries < 200; tries++) {
    if ((await depthOf(endpoint.aws, dlq.url)).visible >= before + messages.length) return;
    await receiveFrom(endpoint.aws, queue.url, 0);
  }
  throw new Error('the messages do not get to the dead-letter queue');
}

/** Receives up to ten messages with all that is known of them. @param hide seconds. */
export async function receiveFrom(aws: Aws, url: string, hide = 30): Promise<Message[]> {
  const { Messages = [] } = await aws.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: hide,
      WaitTimeSeconds: 0,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

/** Receives until nothing comes. */
export async function receiveEverything(aws: Aws, url: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const messages = await receiveFrom(aws, url);
    if (messages.length === 0) return all;
    all.push(...messages);
  }
}

export async function depthOf(aws: Aws, url: string): Promise<{ visible: number; hidden: number }> {
  const { Attributes = {} } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}
