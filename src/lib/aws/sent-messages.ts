import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { queueNameFromUrl } from '../model/names.ts';
import { callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { QUEUE_NOT_FOUND } from './queues.ts';
import { queueNotFound, type ReceivedMessage } from './received-messages.ts';

/**
 * Sends up to ten received messages on to a standard queue, with their attributes (`SendMessageBatch`, which answers
 * 200 with a `Failed` list).
 * @returns for each message, in their order, whether the queue took it. @throws AppError `QueueNotFound`, or what the
 * call failed with.
 */
export async function sendOn(
  aws: Aws,
  url: string,
  messages: readonly ReceivedMessage[],
): Promise<boolean[]> {
  const what = `send to queue "${queueNameFromUrl(url)}"`;
  const answer = await callUnless(aws, what, QUEUE_NOT_FOUND, () =>
    aws.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: messages.map(({ body, attributes }, index) => ({
          Id: String(index),
          MessageBody: body,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, { type, value }]) => [
              name,
              type.startsWith('Binary')
                ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
                : { DataType: type, StringValue: value },
            ]),
          ),
        })),
      }),
    ),
  );
  if (answer === undefined) throw queueNotFound(url);
  const sent = new Set((answer.Successful ?? []).map(({ Id }) => Id));
  return messages.map((_, index) => sent.has(String(index)));
}
