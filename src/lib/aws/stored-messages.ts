import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { receiverProduct } from '../rules/client-name.ts';
import { queueNameFromUrl } from '../rules/names.ts';
import { callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { QUEUE_NOT_FOUND } from './queues.ts';
import { queueNotFound } from './received-messages.ts';
import { withProduct } from './receiver-products.ts';
import type { StoredMessage } from './stored-message.ts';

/**
 * Receives messages with everything that SQS knows of them (`ReceiveMessage`), and hides them.
 * @param options.max 1 to 10. @param options.waitSeconds 0 to 20; from 1 on all servers are asked.
 * @param options.hideSeconds for how long they stay hidden, instead of the queue's visibility timeout.
 * @returns an empty list where none came. @throws AppError `QueueNotFound`, or what the call failed with.
 */
export async function receiveStored(
  aws: Aws,
  url: string,
  options: { readonly max: number; readonly waitSeconds: number; readonly hideSeconds: number },
): Promise<StoredMessage[]> {
  const what = `receive from queue "${queueNameFromUrl(url)}"`;
  const answer = await callUnless(aws, what, QUEUE_NOT_FOUND, () =>
    aws.sqs.send(
      withProduct(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: options.max,
          WaitTimeSeconds: options.waitSeconds,
          VisibilityTimeout: options.hideSeconds,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
        receiverProduct('dlq', queueNameFromUrl(url), process.pid),
      ),
    ),
  );
  if (answer === undefined) throw queueNotFound(url);
  return (answer.Messages ?? []).map((message) => {
    const { Attributes: system = {}, MessageAttributes: attributes = {} } = message;
    const firstReceived = Number(system.ApproximateFirstReceiveTimestamp);
    return {
      messageId: message.MessageId ?? '',
      receiptHandle: message.ReceiptHandle ?? '',
      body: message.Body ?? '',
      receiveCount: Number(system.ApproximateReceiveCount ?? 1),
      groupId: system.MessageGroupId,
      deduplicationId: system.MessageDeduplicationId,
      traceHeader: system.AWSTraceHeader,
      sentAt: Number(system.SentTimestamp ?? Date.now()),
      firstReceivedAt: firstReceived > 0 ? firstReceived : undefined,
      sourceArn: system.DeadLetterQueueSourceArn,
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
          name,
          {
            type: DataType ?? 'String',
            value: StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64'),
          },
        ]),
      ),
    };
  });
}
