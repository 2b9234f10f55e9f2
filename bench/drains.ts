import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { createAws } from '../src/lib/aws/clients.ts';
import { sqsQueue } from '../src/lib/aws/message-queue.ts';
import { resolveSettings } from '../src/lib/config/settings.ts';
import { consume } from '../src/lib/consume/consumer.ts';
import { BATCH } from './calls.ts';
import { connect } from './clients.ts';

/** What every contender does with an event. */
export type Handle = (event: { readonly order_id: number }) => Promise<void>;

/** A queue to drain. Handlers at once: ten times `loops`. */
export interface DrainTask {
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly messages: number;
  readonly loops: number;
  readonly handle: Handle;
}

/** Handles all messages of a queue; resolves when the last one's deletion is confirmed. */
export type Drain = (task: DrainTask) => Promise<void>;

export const awsAt = async (endpoint: string) =>
  createAws(
    await resolveSettings(
      { endpointUrl: endpoint, region: 'us-east-1' },
      { HOME: '/nowhere' },
      '/',
    ),
  );

const ours: Drain = async ({ endpoint, queueUrl, messages, loops, handle }) => {
  const aws = await awsAt(endpoint);
  const { deleted, outcomes } = await consume({
    queue: sqsQueue(aws, queueUrl),
    subscriber: 'bench',
    signal: new AbortController().signal,
    concurrency: loops * BATCH,
    max: messages,
    handler: ({ value }) => handle(value as { order_id: number }),
  });
  if (deleted !== messages) throw new Error(`${deleted} deleted: ${JSON.stringify(outcomes)}`);
  aws.close();
};

/** A body as SNS delivers it. */
function eventIn(body = ''): { order_id: number } {
  return JSON.parse(JSON.parse(body).Message);
}

/** Its documentation: batches with `handleMessageBatch`, parallel handling inside, several instances for more. */
const sqsConsumer: Drain = async ({ endpoint, queueUrl, messages, loops, handle }) => {
  const clients = connect(endpoint);
  let deleted = 0;
  await new Promise<void>((resolve, reject) => {
    const consumers = Array.from({ length: loops }, () => {
      let batch = 0;
      const consumer = Consumer.create({
        queueUrl,
        sqs: clients.sqs,
        batchSize: BATCH,
        handleMessageBatch: async (received) => {
          await Promise.all(received.map(({ Body }) => handle(eventIn(Body))));
          batch = received.length;
          return received;
        },
      });
      consumer.on('error', reject);
      consumer.on('processing_error', reject);
      consumer.on('response_processed', () => {
        deleted += batch;
        batch = 0;
        if (deleted < messages) return;
        for (const each of consumers) each.stop({ abort: true });
        resolve();
      });
      return consumer;
    });
    for (const consumer of consumers) consumer.start();
  });
  clients.close();
};

/** What one writes by hand: receive ten, handle them at once, delete them, again. */
const bare: Drain = async ({ endpoint, queueUrl, messages, loops, handle }) => {
  const { sqs, close } = connect(endpoint);
  let deleted = 0;
  const stop = new AbortController();
  const loop = async (): Promise<void> => {
    while (deleted < messages) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: BATCH,
          WaitTimeSeconds: 20,
        }),
        { abortSignal: stop.signal },
      );
      if (Messages.length === 0) continue;
      await Promise.all(Messages.map(({ Body }) => handle(eventIn(Body))));
      const { Successful = [] } = await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: Messages.map(({ ReceiptHandle }, at) => ({ Id: `${at}`, ReceiptHandle })),
        }),
      );
      deleted += Successful.length;
    }
    stop.abort();
  };
  await Promise.all(
    Array.from({ length: loops }, () =>
      loop().catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      }),
    ),
  );
  close();
};

export const DRAINS = { pubsub: ours, 'sqs-consumer': sqsConsumer, 'bare SDK': bare } as const;
