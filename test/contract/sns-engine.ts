import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type RunningEngine, type StartOptions, startEngine } from '../../src/lib/engine/server.ts';

export const ACCOUNT = '111111111111';
export const OTHER_ACCOUNT = '222222222222';
export const REGION = 'us-east-1';

/** An engine of its own for one test file, with clients and the few steps that most tests begin with. */
export interface SnsEngine {
  readonly running: RunningEngine;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  /** Clients of another account or region on the same engine. */
  clients(account: string, region?: string): { sns: SNSClient; sqs: SQSClient };
  topic(name: string, attributes?: Record<string, string>): Promise<string>;
  /** A queue that lets every topic send to it unless told otherwise. */
  queue(name: string, options?: QueueOptions): Promise<{ url: string; arn: string }>;
  subscribe(
    topicArn: string,
    queueArn: string,
    attributes?: Record<string, string>,
  ): Promise<string>;
  topicAttributes(topicArn: string): Promise<Record<string, string>>;
  /** Takes what is there, with every attribute. */
  receive(url: string): Promise<Message[]>;
  stop(): Promise<void>;
}

interface QueueOptions {
  readonly policy?: 'allow' | 'none';
  readonly attributes?: Record<string, string>;
}

export async function startSns(options: StartOptions = {}): Promise<SnsEngine> {
  const running = await startEngine({ strictTimings: false, ...options });
  const opened: { destroy(): void }[] = [];
  const clients = (account: string, region = REGION) => {
    const config = {
      endpoint: running.endpoint,
      region,
      credentials: { accessKeyId: account, secretAccessKey: 'test' },
      maxAttempts: 1,
    };
    const made = { sns: new SNSClient(config), sqs: new SQSClient(config) };
    opened.push(made.sns, made.sqs);
    return made;
  };
  const { sns, sqs } = clients(ACCOUNT);
  return {
    running,
    sns,
    sqs,
    clients,
    async topic(name, attributes) {
      const { TopicArn = '' } = await sns.send(
        new CreateTopicCommand({
          Name: name,
          Attributes: { ...(name.endsWith('.fifo') ? { FifoTopic: 'true' } : {}), ...attributes },
        }),
      );
      return TopicArn;
    },
    async queue(name, { policy = 'allow', attributes = {} } = {}) {
      const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
      const { QueueUrl: url = '' } = await sqs.send(
        new CreateQueueCommand({ QueueName: name, Attributes: { ...fifo, ...attributes } }),
      );
      const arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
      if (policy === 'allow') {
        await sqs.send(
          new SetQueueAttributesCommand({
            QueueUrl: url,
            Attributes: { Policy: allowTopics(arn) },
          }),
        );
      }
      return { url, arn };
    },
    async subscribe(topicArn, queueArn, attributes) {
      const { SubscriptionArn = '' } = await sns.send(
        new SubscribeCommand({
          TopicArn: topicArn,
          Protocol: 'sqs',
          Endpoint: queueArn,
          ...(attributes === undefined ? {} : { Attributes: attributes }),
        }),
      );
      return SubscriptionArn;
    },
    async topicAttributes(topicArn) {
      const { Attributes = {} } = await sns.send(
        new GetTopicAttributesCommand({ TopicArn: topicArn }),
      );
      return Attributes;
    },
    async receive(url) {
      const found: Message[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) return found;
        found.push(...Messages);
        for (const { ReceiptHandle } of Messages) {
          await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
        }
      }
    },
    async stop() {
      for (const client of opened) client.destroy();
      await running.stop();
    },
  };
}

/** A queue policy under which every topic may send. */
export function allowTopics(queueArn: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
      },
    ],
  });
}

/** What `promise` is refused with: the error's name, status and text. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<{ name: string; code: string; status: number; message: string }> {
  try {
    await promise;
  } catch (error) {
    const {
      name,
      message,
      $metadata,
      Error: parsed,
    } = error as Error & {
      $metadata: { httpStatusCode: number };
      Error?: { Code?: string };
    };
    return { name, code: parsed?.Code ?? name, status: $metadata.httpStatusCode, message };
  }
  throw new Error('was not refused');
}
