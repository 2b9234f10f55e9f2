import { describe, expect, it } from 'vitest';
import {
  handleBatch,
  receivedMessage,
  type SqsRecord,
} from '../../../src/lib/consume/lambda/sqs-event.ts';

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

describe('a batch of a FIFO queue', () => {
  const inGroup = (messageId: string, MessageGroupId?: string): SqsRecord => ({
    ...record(messageId),
    attributes: { ApproximateReceiveCount: '1', ...(MessageGroupId && { MessageGroupId }) },
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:mail.fifo',
  });

  it('is handled in order within its groups, of which the rest fails with one', async () => {
    const begun: string[] = [];
    const records = [
      inGroup('a1', 'a'),
      inGroup('b1', 'b'),
      inGroup('a2', 'a'),
      inGroup('b2', 'b'),
    ];
    const answer = await handleBatch({ Records: [...records, inGroup('x')] }, async (given) => {
      begun.push(given.messageId);
      await new Promise(setImmediate);
      if (given.messageId === 'a1') throw new Error('no');
    });
    expect(begun).toEqual(['a1', 'b1', 'x', 'b2']);
    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: 'a1' }, { itemIdentifier: 'a2' }],
    });
  });

  it('stands in no group elsewhere, whatever a message says', async () => {
    const records = ['m-1', 'm-2'].map((id) => ({
      ...inGroup(id, 'a'),
      eventSourceARN: record(id).eventSourceARN,
    }));
    const answer = await handleBatch({ Records: records }, async ({ messageId }) => {
      if (messageId === 'm-1') throw new Error('no');
    });
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }]);
  });
});

it('a record is a received message, with what Lambda says of it', () => {
  expect(receivedMessage(record('m'))).toEqual({
    ...{ messageId: 'm', receiptHandle: 'receipt', body: '{}', receiveCount: 1 },
    ...{ groupId: undefined, traceHeader: undefined, attributes: {} },
  });
  const attributes = {
    ...{ ApproximateReceiveCount: '12', MessageGroupId: 'g', AWSTraceHeader: 'Root=1' },
  };
  const messageAttributes = {
    a: { dataType: 'String', stringValue: '' },
    b: { dataType: 'Binary.png', binaryValue: 'AP8=' },
    c: { dataType: 'String' },
  };
  expect(receivedMessage({ ...record('m'), attributes, messageAttributes })).toMatchObject({
    ...{ receiveCount: 12, groupId: 'g', traceHeader: 'Root=1' },
    attributes: {
      a: { type: 'String', value: '' },
      b: { type: 'Binary.png', value: 'AP8=' },
      c: { type: 'String', value: '' },
    },
  });
});
