import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';

/** The body of every message: 1 kB of text. */
export const BODY = 'x'.repeat(1000);
/** Messages in a batch. */
export const BATCH = 10;
export const ENTRY_IDS = Array.from({ length: BATCH }, (_, at) => `e${at}`);

/** The calls that are measured. Each throws when the answer is not a full success. */
export interface Calls {
  send(queueUrl: string): Promise<void>;
  sendTen(queueUrl: string): Promise<void>;
  publish(topicArn: string): Promise<void>;
  publishTen(topicArn: string): Promise<void>;
  /** Resolves to the receipt handles of up to ten messages. */
  receiveTen(queueUrl: string): Promise<string[]>;
  deleteAll(queueUrl: string, receiptHandles: readonly string[]): Promise<void>;
}

function check({ Failed = [] }: { Failed?: unknown[] | undefined }): void {
  if (Failed.length > 0) throw new Error(`Entries failed: ${JSON.stringify(Failed)}`);
}

/** Through the AWS SDK, as an application makes them. */
export function sdkCalls({ sqs, sns }: Clients): Calls {
  return {
    async send(QueueUrl) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: BODY }));
    },
    async sendTen(QueueUrl) {
      const Entries = ENTRY_IDS.map((Id) => ({ Id, MessageBody: BODY }));
      check(await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
    },
    async publish(TopicArn) {
      await sns.send(new PublishCommand({ TopicArn, Message: BODY }));
    },
    async publishTen(TopicArn) {
      const PublishBatchRequestEntries = ENTRY_IDS.map((Id) => ({ Id, Message: BODY }));
      check(await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })));
    },
    async receiveTen(QueueUrl) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds: 0 }),
      );
      return Messages.map(({ ReceiptHandle = '' }) => ReceiptHandle);
    },
    async deleteAll(QueueUrl, handles) {
      const Entries = handles.map((ReceiptHandle, at) => ({ Id: `e${at}`, ReceiptHandle }));
      check(await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));
    },
  };
}
