import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Aws } from '../../../src/lib/aws/clients.ts';
import { sqsQueue } from '../../../src/lib/aws/message-queue.ts';
import type {
  Consumed,
  ConsumeProblem,
  ConsumeSummary,
} from '../../../src/lib/consume/consumed.ts';
import { type ConsumeOptions, consume } from '../../../src/lib/consume/consumer.ts';
import { isIndependent, type TestEndpoint, uniquePrefix } from '../../fixtures/endpoint.ts';
import {
  createOrderEvent,
  type OrderEvent,
  sampleOrder,
  serializeOrderEvent,
} from '../../fixtures/orders.ts';

/**
 * Seconds of a visibility timeout that a test waits for. Extensions are made at half of it: they must come in time where
 * the machine is busy, and where another implementation takes seconds to answer now and then.
 */
export const SHORT_VISIBILITY = isIndependent ? 10 : 3;

/** A queue of a test's own. */
export interface TestQueue {
  readonly url: string;
  /** Sends events raw, as they are; ten a request. */
  send(events: readonly OrderEvent[], groupId?: string): Promise<void>;
  sendText(body: string): Promise<void>;
  /** Messages visible, and in flight. */
  depth(): Promise<{ visible: number; inFlight: number }>;
  arn(): Promise<string>;
}

/** Creates a queue. */
export async function createTestQueue(
  { aws }: Pick<TestEndpoint, 'aws'>,
  settings: Record<string, string> = {},
): Promise<TestQueue> {
  const { QueueUrl: url = '' } = await aws.sqs.send(
    new CreateQueueCommand({
      QueueName: `${uniquePrefix()}${settings.FifoQueue ? '.fifo' : ''}`,
      Attributes: settings,
    }),
  );
  const attributes = async (): Promise<Record<string, string>> => {
    const { Attributes = {} } = await aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    return Attributes;
  };
  return {
    url,
    async send(events, groupId) {
      for (let at = 0; at < events.length; at += 10) {
        const Entries = events.slice(at, at + 10).map((event, index) => ({
          Id: String(index),
          MessageBody: serializeOrderEvent(event),
          ...(groupId === undefined
            ? {}
            : { MessageGroupId: groupId, MessageDeduplicationId: event.event_id }),
        }));
        await aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      }
    },
    async sendText(body) {
      await aws.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
    },
    async depth() {
      const found = await attributes();
      return {
        visible: Number(found.ApproximateNumberOfMessages),
        inFlight: Number(found.ApproximateNumberOfMessagesNotVisible),
      };
    },
    arn: async () => (await attributes()).QueueArn ?? '',
  };
}

/** So many created orders, numbered from 1. */
export function orders(count: number): OrderEvent[] {
  return Array.from({ length: count }, (_, index) =>
    createOrderEvent('order.created', sampleOrder(index)),
  );
}

/** A consumer that runs, and all that it told. */
export interface TestConsumer {
  readonly messages: Consumed[];
  readonly problems: ConsumeProblem[];
  readonly ended: Promise<ConsumeSummary>;
  /** The first Ctrl-C. */
  stop(): void;
  /** Stops, and waits for the end. */
  end(): Promise<ConsumeSummary>;
}

/** Starts a consumer of a queue. */
export function startConsumer(
  options: Omit<ConsumeOptions, 'queue' | 'signal' | 'subscriber' | 'onMessage' | 'onProblem'> &
    Partial<Pick<ConsumeOptions, 'subscriber'>> & { aws: Aws; queueUrl: string },
): TestConsumer {
  const controller = new AbortController();
  const messages: Consumed[] = [];
  const problems: ConsumeProblem[] = [];
  const { aws, queueUrl, ...others } = options;
  const ended = consume({
    subscriber: 'email',
    ...others,
    queue: sqsQueue(aws, queueUrl),
    signal: controller.signal,
    onMessage: (message) => messages.push(message),
    onProblem: (problem) => problems.push(problem),
  });
  return {
    messages,
    problems,
    ended,
    stop: () => controller.abort(),
    end: () => {
      controller.abort();
      return ended;
    },
  };
}
