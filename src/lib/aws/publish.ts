import { PublishBatchCommand } from '@aws-sdk/client-sns';
import { type MessageAttributes, withType } from '../events/attributes.ts';
import { AppError } from '../rules/errors.ts';
import { callUnless } from './call.ts';
import { unreadableAnswer } from './errors.ts';
import { withAttemptReports } from './failed-attempts.ts';
import { snsAt, type TopicAccess } from './sns-at.ts';
import { withTraceHeader } from './trace-headers.ts';

/** One message of a batch. */
export interface PublishEntry {
  readonly message: string;
  readonly subject: string | undefined;
  readonly attributes: MessageAttributes;
  /** What a FIFO topic orders it by, and knows its copies by; a standard topic needs neither. */
  readonly fifo?: { readonly groupId: string; readonly deduplicationId: string };
}

/** What became of one entry. `retryable` is AWS's word: not the sender's fault. */
export type EntryOutcome =
  | { readonly ok: true; readonly messageId: string }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    };

/** What goes along with a batch. */
export interface PublishBatchOptions {
  readonly onAttemptFailed?: (error: unknown) => void;
  readonly traceHeader?: string | undefined;
}

/** Bytes that SNS counts for an entry: body, subject, and each attribute's name, type and value ("Amazon SNS message attributes"). */
export function entryBytes(entry: PublishEntry): number {
  let bytes = Buffer.byteLength(entry.message) + Buffer.byteLength(entry.subject ?? '');
  for (const [name, attribute] of Object.entries(entry.attributes)) {
    const { type, value } = withType(attribute);
    const isBinary = type.startsWith('Binary');
    bytes += Buffer.byteLength(name) + Buffer.byteLength(type);
    bytes += Buffer.byteLength(value, isBinary ? 'base64' : 'utf8');
  }
  return bytes;
}

/**
 * Publishes up to ten messages in one request (SNS `PublishBatch`, which answers 200 with a `Failed` list).
 * @param options.onAttemptFailed told of each attempt that failed, those that the SDK makes by itself too.
 * @param options.traceHeader the request's `X-Amzn-Trace-Id`.
 * @returns one outcome an entry, in the entries' order.
 * @throws AppError `TopicNotFound`, or what the whole request failed with.
 */
export async function publishBatch(
  aws: TopicAccess,
  topicArn: string,
  entries: readonly PublishEntry[],
  options: PublishBatchOptions = {},
): Promise<EntryOutcome[]> {
  const what = `publish to ${topicArn}`;
  const { onAttemptFailed, traceHeader } = options;
  const command = withTraceHeader(batchCommand(topicArn, entries), traceHeader);
  if (onAttemptFailed !== undefined) withAttemptReports(command, onAttemptFailed);
  const answer = await callUnless(aws, what, ['NotFoundException', 'NotFound'], () =>
    snsAt(aws, topicArn).send(command),
  );
  if (answer === undefined) throw topicNotFound(topicArn);
  const outcomes = new Map<string, EntryOutcome>();
  for (const { Id = '', MessageId = '' } of answer.Successful ?? []) {
    outcomes.set(Id, { ok: true, messageId: MessageId });
  }
  for (const { Id = '', Code = 'Unknown', Message = '', SenderFault } of answer.Failed ?? []) {
    outcomes.set(Id, { ok: false, code: Code, message: Message, retryable: !SenderFault });
  }
  // A page of a proxy tells of none: whether AWS has them is unknown, and the next answer may be its own.
  const missing =
    outcomes.size === 0
      ? unreadableAnswer(answer.$metadata, what, aws).message
      : 'The answer says nothing about this entry.';
  return entries.map(
    (_, index) =>
      outcomes.get(String(index)) ?? {
        ok: false,
        code: 'NoAnswer',
        message: missing,
        retryable: true,
      },
  );
}

function batchCommand(topicArn: string, entries: readonly PublishEntry[]): PublishBatchCommand {
  return new PublishBatchCommand({
    TopicArn: topicArn,
    PublishBatchRequestEntries: entries.map((entry, index) => ({
      Id: String(index),
      Message: entry.message,
      ...(entry.subject === undefined ? {} : { Subject: entry.subject }),
      ...(entry.fifo && {
        MessageGroupId: entry.fifo.groupId,
        MessageDeduplicationId: entry.fifo.deduplicationId,
      }),
      MessageAttributes: Object.fromEntries(
        Object.entries(entry.attributes).map(([name, attribute]) => {
          const { type, value } = withType(attribute);
          return [
            name,
            type.startsWith('Binary')
              ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
              : { DataType: type, StringValue: value },
          ];
        }),
      ),
    })),
  });
}

function topicNotFound(topicArn: string): AppError {
  return new AppError({
    code: 'TopicNotFound',
    message: `There is no topic ${topicArn}.`,
    hint: 'Create it with: pubsub setup',
  });
}
