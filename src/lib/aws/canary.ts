import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { parseSnsBody } from '../rules/sns-envelope.ts';
import { abortable } from './abortable-calls.ts';
import { call } from './call.ts';
import type { Aws } from './clients.ts';

/** A message to publish as it is. */
export interface Canary {
  readonly body: string;
  readonly attributes: Readonly<Record<string, { DataType: string; StringValue?: string }>>;
  /** What a FIFO topic needs. */
  readonly fifo?: { readonly groupId: string; readonly deduplicationId: string };
}

/** A canary that came through. Times are the services' own, in milliseconds since the epoch. */
export interface CaughtCanary {
  /** SNS's message id; undefined where it was delivered raw. */
  readonly messageId: string | undefined;
  readonly body: string;
  /** When SNS took it; undefined where it was delivered raw. */
  readonly publishedAt: number | undefined;
  /** When SQS took it (`SentTimestamp`). */
  readonly sentAt: number | undefined;
}

/** Publishes one message (`Publish`). @returns its id. @throws AppError. */
export async function publishCanary(aws: Aws, topicArn: string, canary: Canary): Promise<string> {
  const { MessageId = '' } = await call(aws, `publish to ${topicArn}`, () =>
    aws.sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: canary.body,
        MessageAttributes: { ...canary.attributes },
        ...(canary.fifo
          ? {
              MessageGroupId: canary.fifo.groupId,
              MessageDeduplicationId: canary.fifo.deduplicationId,
            }
          : {}),
      }),
    ),
  );
  return MessageId;
}

/**
 * Receives what came to a queue of one's own (`ReceiveMessage`, a long poll); it is not deleted, since the queue goes.
 * @param waitSeconds 0 to 20. @throws AppError; the SDK's `AbortError` after an abort.
 */
export async function catchCanaries(
  aws: Aws,
  url: string,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<CaughtCanary[]> {
  const { Messages = [] } = await call(aws, `receive from ${url}`, () =>
    aws.sqs.send(
      abortable(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
        signal,
      ),
    ),
  );
  return Messages.map(({ Body = '', Attributes }) => {
    const parsed = parseSnsBody(Body);
    const sentAt = Number(Attributes?.SentTimestamp ?? Number.NaN);
    const time = parsed.kind === 'envelope' ? Date.parse(parsed.timestamp) : Number.NaN;
    return {
      messageId: parsed.kind === 'envelope' ? parsed.messageId : undefined,
      body: parsed.kind === 'envelope' ? parsed.message : parsed.body,
      publishedAt: Number.isNaN(time) ? undefined : time,
      sentAt: Number.isNaN(sentAt) ? undefined : sentAt,
    };
  });
}
