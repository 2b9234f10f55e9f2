import type { Message as ReceivedMessage, ReceiveMessageRequest } from '@aws-sdk/client-sqs';
import type { Clock } from '../../clock.ts';
import { isAttributeName } from './attribute-rules.ts';
import { sealFromTopic } from './deliver.ts';
import { invalidAttributeName } from './errors.ts';
import { attributesMd5, selectAttributes } from './message-attributes.ts';
import { bodyMd5, type Message } from './queue/message.ts';
import type { SqsState } from './state.ts';

/** What a receive asked for besides the messages themselves. */
export interface Selection {
  /** System attributes. */
  readonly system: readonly string[];
  /** Names and patterns of user attributes. */
  readonly user: readonly string[];
}

type SystemAttributes = NonNullable<ReceivedMessage['Attributes']>;

const READERS: Readonly<Record<string, (message: Message, clock: Clock) => string | undefined>> = {
  SenderId: (message) => message.sender,
  SentTimestamp: (message, clock) => String(clock.timestamp(message.sentAt)),
  ApproximateReceiveCount: (message) => String(message.receiveCount),
  ApproximateFirstReceiveTimestamp: (message, clock) =>
    String(clock.timestamp(message.firstReceivedAt)),
  SequenceNumber: (message) => message.extra?.sequenceNumber,
  MessageDeduplicationId: (message) => message.extra?.deduplicationId,
  MessageGroupId: (message) => message.extra?.groupId,
  AWSTraceHeader: (message) => message.extra?.traceHeader,
  DeadLetterQueueSourceArn: (message) => message.extra?.deadLetterSource,
};
const NAMES: readonly string[] = Object.keys(READERS);
const NOTHING: readonly string[] = [];

/**
 * Reads what a receive asks for. `AttributeNames` is the older name of `MessageSystemAttributeNames`; it also takes
 * names of queue attributes, to no effect.
 *
 * @throws ServiceError InvalidAttributeName
 */
export function selectionOf(input: ReceiveMessageRequest): Selection {
  const { AttributeNames, MessageSystemAttributeNames, MessageAttributeNames } = input;
  return {
    system:
      AttributeNames === undefined && MessageSystemAttributeNames === undefined
        ? NOTHING
        : systemNames([...(MessageSystemAttributeNames ?? []), ...(AttributeNames ?? [])]),
    user: MessageAttributeNames ?? NOTHING,
  };
}

function systemNames(asked: readonly string[]): readonly string[] {
  for (const name of asked) {
    if (!Object.hasOwn(READERS, name) && !isAttributeName(name)) throw invalidAttributeName(name);
  }
  return asked.includes('All') ? NAMES : asked;
}

/** A message as `ReceiveMessage` answers it. */
export function present(
  state: SqsState,
  message: Message,
  handle: string,
  selection: Selection,
): ReceivedMessage {
  sealFromTopic(state, message);
  const presented: ReceivedMessage = {
    MessageId: message.id,
    ReceiptHandle: handle,
    MD5OfBody: bodyMd5(message),
    Body: message.body,
  };
  const system = systemAttributes(message, state.parts.clock, selection.system);
  if (system !== undefined) presented.Attributes = system;
  const user = selectAttributes(message.attributes, selection.user);
  if (user !== undefined) {
    presented.MD5OfMessageAttributes = attributesMd5(user);
    presented.MessageAttributes = user;
  }
  return presented;
}

function systemAttributes(
  message: Message,
  clock: Clock,
  names: readonly string[],
): SystemAttributes | undefined {
  let found: Record<string, string> | undefined;
  for (const name of names) {
    const value = READERS[name]?.(message, clock);
    if (value === undefined) continue;
    found ??= {};
    found[name] = value;
  }
  return found;
}
