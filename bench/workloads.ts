import { performance } from 'node:perf_hooks';
import {
  CreateTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { type Clients, CONCURRENCY } from './clients.ts';

/** The body of every message: 1 kB of text. */
export const BODY = 'x'.repeat(1000);
const BATCH = 10;
const entryIds = Array.from({ length: BATCH }, (_, at) => `e${at}`);

/** One call of a workload; resolves to the messages that it moved. */
export type Step = () => Promise<number>;

export interface Workload {
  readonly name: string;
  /** The SNS action that it repeats, if it does: the bare server has to be told. */
  readonly snsAction?: 'Publish' | 'PublishBatch';
  /** Makes what the workload needs on a fresh server, and gives the call to repeat. */
  prepare(clients: Clients): Promise<Step>;
}

async function createQueue({ sqs }: Clients, name: string): Promise<string> {
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '600' } }),
  );
  if (QueueUrl === undefined) throw new Error('CreateQueue gave no URL.');
  return QueueUrl;
}

function checked<T extends { Failed?: unknown[] | undefined }>(answer: T): T {
  if ((answer.Failed?.length ?? 0) > 0)
    throw new Error(`Entries failed: ${JSON.stringify(answer.Failed)}`);
  return answer;
}

async function sendTen({ sqs }: Clients, QueueUrl: string): Promise<number> {
  const Entries = entryIds.map((Id) => ({ Id, MessageBody: BODY }));
  checked(await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
  return BATCH;
}

/** A topic with three queues behind it, whose policies let it in. */
async function createFanOut(clients: Clients, name: string): Promise<string> {
  const { sqs, sns } = clients;
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
  if (TopicArn === undefined) throw new Error('CreateTopic gave no ARN.');
  for (const suffix of ['email', 'inventory', 'analytics']) {
    const QueueUrl = await createQueue(clients, `${name}-${suffix}`);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const Endpoint = Attributes?.QueueArn ?? '';
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: Endpoint,
        Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
      },
    });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  }
  return TopicArn;
}

export const SEND: Workload = {
  name: 'send',
  async prepare(clients) {
    const QueueUrl = await createQueue(clients, 'send');
    return async () => {
      await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: BODY }));
      return 1;
    };
  },
};

export const SEND_BATCH: Workload = {
  name: 'send ×10',
  async prepare(clients) {
    const queueUrl = await createQueue(clients, 'send-batch');
    return () => sendTen(clients, queueUrl);
  },
};

export const PUBLISH: Workload = {
  name: 'publish → 3 queues',
  snsAction: 'Publish',
  async prepare(clients) {
    const TopicArn = await createFanOut(clients, 'publish');
    return async () => {
      await clients.sns.send(new PublishCommand({ TopicArn, Message: BODY }));
      return 1;
    };
  },
};

export const PUBLISH_BATCH: Workload = {
  name: 'publish ×10 → 3 queues',
  snsAction: 'PublishBatch',
  async prepare(clients) {
    const TopicArn = await createFanOut(clients, 'publish-batch');
    return async () => {
      const PublishBatchRequestEntries = entryIds.map((Id) => ({ Id, Message: BODY }));
      checked(
        await clients.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })),
      );
      return BATCH;
    };
  },
};

/** A server that fills a queue more slowly than this is left out of the row. */
const FILL_LIMIT_MS = 600_000;

/** A row that this server can't take part in. */
export class TooSlow extends Error {}

async function fill(clients: Clients, queueUrl: string, messages: number): Promise<void> {
  const deadline = performance.now() + FILL_LIMIT_MS;
  let left = Math.ceil(messages / BATCH);
  const worker = async () => {
    while (left > 0) {
      if (performance.now() > deadline) {
        throw new TooSlow(`${messages} messages were not in after ${FILL_LIMIT_MS / 1000} s`);
      }
      left -= 1;
      await sendTen(clients, queueUrl);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/**
 * Receives ten and deletes them, with `backlog` messages behind those that are taken: `spare` is what a row may take
 * at most, so that the backlog never falls below its name. A step that finds nothing gives 0, which ends the row.
 */
export function receiveAndDelete(label: string, backlog: number, spare: number): Workload {
  return {
    name: `receive ×10 + delete ×10, backlog ${label}`,
    async prepare(clients) {
      const { sqs } = clients;
      const QueueUrl = await createQueue(clients, `receive-${backlog}`);
      await fill(clients, QueueUrl, backlog + spare);
      let left = spare;
      return async () => {
        if (left <= 0) return 0;
        left -= BATCH;
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds: 0 }),
        );
        if (Messages.length === 0) return 0;
        const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: `e${at}`, ReceiptHandle }));
        checked(await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));
        return Messages.length;
      };
    },
  };
}
