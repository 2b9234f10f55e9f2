import { performance } from 'node:perf_hooks';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { BATCH, type Calls } from './calls.ts';
import { type Clients, CONCURRENCY } from './clients.ts';

/** One call of a workload, or two that belong together; resolves to the messages that it moved. */
export type Step = () => Promise<number>;

export interface Workload {
  readonly name: string;
  /** The SNS action that it repeats, if it does: the bare server has to be told. */
  readonly snsAction?: 'Publish' | 'PublishBatch';
  /** Makes what the workload needs on a fresh server, queues filled with `fillCalls`, and gives the step to repeat. */
  prepare(clients: Clients, calls: Calls, fillCalls: Calls): Promise<Step>;
}

/** Makes a queue. @returns its URL. */
export async function createQueue({ sqs }: Clients, name: string): Promise<string> {
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '600' } }),
  );
  if (QueueUrl === undefined) throw new Error('CreateQueue gave no URL.');
  return QueueUrl;
}

/** Makes a queue whose policy lets the topic in, and subscribes it. @returns its URL. */
export async function subscribeQueue(
  clients: Clients,
  TopicArn: string,
  name: string,
): Promise<string> {
  const { sqs, sns } = clients;
  const QueueUrl = await createQueue(clients, name);
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
  return QueueUrl;
}

/** A topic with three queues behind it, whose policies let it in. */
async function createFanOut(clients: Clients, name: string): Promise<string> {
  const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: name }));
  if (TopicArn === undefined) throw new Error('CreateTopic gave no ARN.');
  for (const suffix of ['email', 'inventory', 'analytics']) {
    await subscribeQueue(clients, TopicArn, `${name}-${suffix}`);
  }
  return TopicArn;
}

function moving(messages: number, call: () => Promise<void>): Step {
  return async () => {
    await call();
    return messages;
  };
}

export const SEND: Workload = {
  name: 'send',
  async prepare(clients, calls) {
    const queueUrl = await createQueue(clients, 'send');
    return moving(1, () => calls.send(queueUrl));
  },
};

export const SEND_BATCH: Workload = {
  name: 'send ×10',
  async prepare(clients, calls) {
    const queueUrl = await createQueue(clients, 'send-batch');
    return moving(BATCH, () => calls.sendTen(queueUrl));
  },
};

export const PUBLISH: Workload = {
  name: 'publish → 3 queues',
  snsAction: 'Publish',
  async prepare(clients, calls) {
    const topicArn = await createFanOut(clients, 'publish');
    return moving(1, () => calls.publish(topicArn));
  },
};

export const PUBLISH_BATCH: Workload = {
  name: 'publish ×10 → 3 queues',
  snsAction: 'PublishBatch',
  async prepare(clients, calls) {
    const topicArn = await createFanOut(clients, 'publish-batch');
    return moving(BATCH, () => calls.publishTen(topicArn));
  },
};

/** A server that takes longer than this to fill a queue is left out of the row. */
const FILL_LIMIT_MS = 120_000;

/** A row that this server can't take part in. */
export class TooSlow extends Error {}

async function fill(calls: Calls, queueUrl: string, messages: number): Promise<void> {
  const deadline = performance.now() + FILL_LIMIT_MS;
  let left = Math.ceil(messages / BATCH);
  const worker = async () => {
    while (left > 0) {
      if (performance.now() > deadline) {
        throw new TooSlow(`${messages} messages were not in after ${FILL_LIMIT_MS / 1000} s`);
      }
      left -= 1;
      await calls.sendTen(queueUrl);
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
    async prepare(clients, calls, fillCalls) {
      const queueUrl = await createQueue(clients, `receive-${backlog}`);
      await fill(fillCalls, queueUrl, backlog + spare);
      let left = spare;
      return async () => {
        if (left <= 0) return 0;
        left -= BATCH;
        const handles = await calls.receiveTen(queueUrl);
        if (handles.length > 0) await calls.deleteAll(queueUrl, handles);
        return handles.length;
      };
    },
  };
}
