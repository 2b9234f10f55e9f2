import type {
  BatchResultErrorEntry,
  PublishBatchInput,
  PublishBatchRequestEntry,
  PublishBatchResponse,
  PublishBatchResultEntry,
} from '@aws-sdk/client-sns';
import { MAX_BATCH_ENTRIES } from '../../../../rules/limits.ts';
import { ServiceError } from '../../../errors.ts';
import type { SnsContext } from '../context.ts';
import { useKeyToPublish } from '../encryption.ts';
import { topicFor } from '../lookup.ts';
import { type CheckedMessage, checkFifoParameters, checkTexts, readMessage } from '../message.ts';
import { accept } from './publish.ts';

const ENTRY_ID = /^[A-Za-z0-9_-]+$/;
const MAX_ENTRY_ID = 80;

/** https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
export function publishBatch(input: PublishBatchInput, ctx: SnsContext): PublishBatchResponse {
  const topic = topicFor(ctx, input.TopicArn ?? '', 'Publish');
  useKeyToPublish(ctx, topic);
  const entries = input.PublishBatchRequestEntries ?? [];
  checkEntries(entries);
  for (const entry of entries) checkFifoParameters(entry, topic);
  const messages: CheckedMessage[] = [];
  const ids: string[] = [];
  const Failed: BatchResultErrorEntry[] = [];
  let bytes = 0;
  entries.forEach((entry, index) => {
    const path = `publishBatchRequestEntries.${index + 1}.member.`;
    const message = readMessage(entry, topic, path);
    if (fails(entry, Failed)) return;
    messages.push(message);
    ids.push(entry.Id ?? '');
    bytes += message.bytes;
  });
  if (bytes > topic.settings.maximumMessageSize) {
    throw refusal(
      'BatchRequestTooLong',
      'The length of all the messages put together is more than the limit.',
    );
  }
  const Successful: PublishBatchResultEntry[] = messages.map((message, index) => ({
    Id: ids[index] ?? '',
    ...accept(ctx, topic, message),
  }));
  return { Successful, Failed };
}

/**
 * Whether an entry has a text that can't be published: it goes to `Failed` then, and the others are published. Faults
 * of attributes and of `MessageStructure`, and what a FIFO topic misses, refuse the whole batch.
 */
function fails(entry: PublishBatchRequestEntry, failed: BatchResultErrorEntry[]): boolean {
  try {
    checkTexts(entry);
    return false;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { queryCode: Code, message: Message, fault } = error;
    failed.push({ Id: entry.Id ?? '', Code, Message, SenderFault: fault === 'Sender' });
    return true;
  }
}

function checkEntries(entries: readonly PublishBatchRequestEntry[]): void {
  if (entries.length === 0) {
    throw refusal('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  }
  if (entries.length > MAX_BATCH_ENTRIES) {
    throw refusal(
      'TooManyEntriesInBatchRequest',
      'The batch request contains more entries than permissible.',
    );
  }
  const ids = new Set<string>();
  for (const { Id: id = '' } of entries) {
    if (ids.has(id)) {
      throw refusal(
        'BatchEntryIdsNotDistinct',
        'Two or more batch entries in the request have the same Id.',
      );
    }
    ids.add(id);
  }
  for (const id of ids) {
    const fault =
      id.length > MAX_ENTRY_ID
        ? 'is too long'
        : ENTRY_ID.test(id)
          ? undefined
          : 'contains an impermissible character';
    if (fault !== undefined) {
      throw refusal(
        'InvalidBatchEntryId',
        `The Id of a batch entry in the batch request ${fault}: ${id}`,
      );
    }
  }
}

function refusal(code: string, message: string): ServiceError {
  return new ServiceError(code, message);
}
