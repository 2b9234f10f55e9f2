import { createHash, randomUUID } from 'node:crypto';
import { BODY } from './calls.ts';

const md5 = createHash('md5').update(BODY).digest('hex');
const MessageId = randomUUID();
const ids = Array.from({ length: 10 }, (_, at) => `e${at}`);
const URL = 'http://127.0.0.1/000000000000/bare';
const ARN = 'arn:aws:sns:us-east-1:000000000000:bare';

const json: Record<string, object> = {
  CreateQueue: { QueueUrl: URL },
  GetQueueAttributes: { Attributes: { QueueArn: 'arn:aws:sqs:us-east-1:000000000000:bare' } },
  SetQueueAttributes: {},
  SendMessage: { MessageId, MD5OfMessageBody: md5 },
  SendMessageBatch: {
    Successful: ids.map((Id) => ({ Id, MessageId, MD5OfMessageBody: md5 })),
    Failed: [],
  },
  ReceiveMessage: {
    Messages: ids.map(() => ({
      MessageId,
      ReceiptHandle: Buffer.from(MessageId.repeat(3)).toString('base64'),
      MD5OfBody: md5,
      Body: BODY,
    })),
  },
  DeleteMessageBatch: { Successful: ids.map((Id) => ({ Id })), Failed: [] },
};

const member = (id: string) => `<member><MessageId>${MessageId}</MessageId><Id>${id}</Id></member>`;

/** Query answers: the bare server doesn't read requests, so it is told before each row which one it gives. */
export type SnsAction = 'CreateTopic' | 'Publish' | 'PublishBatch';

const results: Record<SnsAction, string> = {
  CreateTopic: `<TopicArn>${ARN}</TopicArn>`,
  Publish: `<MessageId>${MessageId}</MessageId>`,
  PublishBatch: `<Successful>${ids.map(member).join('')}</Successful><Failed/>`,
};

function queryAnswer(action: SnsAction): string {
  return `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${action}Result>${
    results[action]
  }</${action}Result><ResponseMetadata><RequestId>${MessageId}</RequestId></ResponseMetadata></${action}Response>`;
}

async function put(endpoint: string, action: string, body: string): Promise<void> {
  await fetch(`${endpoint}/?action=${action}`, { method: 'PUT', body });
}

/** Gives the bare server what it answers to SQS calls. */
export async function fixSqsAnswers(endpoint: string): Promise<void> {
  for (const [action, answer] of Object.entries(json)) {
    await put(endpoint, `AmazonSQS.${action}`, JSON.stringify(answer));
  }
}

/** Gives the bare server the one answer to all SNS calls from now on. */
export function fixSnsAnswer(endpoint: string, action: SnsAction): Promise<void> {
  return put(endpoint, '', queryAnswer(action));
}
