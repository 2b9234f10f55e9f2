import { describe, expect, it } from 'vitest';
import { handleBatch, type SqsRecord } from '../../../src/lib/consume/lambda/sqs-event.ts';

const record = (messageId: string): SqsRecord => ({
  messageId,
  receiptHandle: 'receipt',
  body: '{}',
  attributes: { ApproximateReceiveCount: '1' },
  messageAttributes: {},
  eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:mail',
});

describe('a batch of messages handled side by side', () => {
  it('names those that failed in the order of the batch, whichever failed first', async () => {
    let release: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      release = resolve;
    });
    const answer = handleBatch({ Records: ['m-1', 'm-2', 'm-3'].map(record) }, async (given) => {
      if (given.messageId === 'm-1') await late;
      if (given.messageId === 'm-2') return;
      if (given.messageId === 'm-3') release();
      throw new Error('no');
    });
    expect(await answer).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }, { itemIdentifier: 'm-3' }],
    });
  });
});
