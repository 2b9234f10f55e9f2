import type { ReceivedMessage } from '../../aws/received-messages.ts';

/** A batch of messages as Lambda hands it over, as far as it is read ("Using Lambda with Amazon SQS"). */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly MessageGroupId?: string;
    readonly AWSTraceHeader?: string;
  };
  readonly messageAttributes: Readonly<
    Record<
      string,
      { readonly dataType: string; readonly stringValue?: string; readonly binaryValue?: string }
    >
  >;
  readonly eventSourceARN: string;
}

/** What a function that reports batch item failures answers: the messages that are to come again. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** A message of a batch as a receive would have given it. */
export function receivedMessage(record: SqsRecord): ReceivedMessage {
  const { messageId, receiptHandle, body, attributes, messageAttributes } = record;
  return {
    messageId,
    receiptHandle,
    body,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    groupId: attributes.MessageGroupId,
    traceHeader: attributes.AWSTraceHeader,
    attributes: Object.fromEntries(
      Object.entries(messageAttributes).map(
        ([name, { dataType, stringValue, binaryValue = '' }]) => [
          name,
          { type: dataType, value: stringValue ?? binaryValue },
        ],
      ),
    ),
  };
}

/**
 * Handles the messages of a batch side by side, those of a FIFO group one after the other; of a group that failed none
 * is begun any more, so that its order stays ("Implementing partial batch responses").
 * @param handle throws where a message is to come again.
 * @returns those that failed, in the order of the batch.
 */
export async function handleBatch(
  { Records }: SqsEvent,
  handle: (record: SqsRecord) => Promise<void>,
): Promise<BatchAnswer> {
  const failed = new Set<string>();
  const lanes = new Map<string, SqsRecord[]>();
  for (const record of Records) {
    const { messageId, attributes, eventSourceARN } = record;
    const lane = eventSourceARN.endsWith('.fifo') ? attributes.MessageGroupId : messageId;
    lanes.set(lane ?? '', [...(lanes.get(lane ?? '') ?? []), record]);
  }
  const work = async (lane: readonly SqsRecord[]): Promise<void> => {
    let isOver = false;
    for (const record of lane) {
      isOver ||= await handle(record).then(
        () => false,
        () => true,
      );
      if (isOver) failed.add(record.messageId);
    }
  };
  await Promise.all([...lanes.values()].map(work));
  return {
    batchItemFailures: Records.filter(({ messageId }) => failed.has(messageId)).map(
      ({ messageId }) => ({ itemIdentifier: messageId }),
    ),
  };
}
