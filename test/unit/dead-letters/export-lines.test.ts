import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../../src/lib/aws/stored-message.ts';
import { exportRecord, readExportLine } from '../../../src/lib/dead-letters/dead-letter-lines.ts';
import { SQS_MAX_MESSAGE_BYTES } from '../../../src/lib/rules/limits.ts';

const full: StoredMessage = {
  messageId: 'm',
  receiptHandle: 'r',
  body: 'b',
  attributes: { tier: { type: 'String', value: 'gold' } },
  groupId: 'g',
  deduplicationId: 'd',
  traceHeader: 'Root=1',
  sentAt: 0,
  firstReceivedAt: 1_000,
  receiveCount: 3,
  sourceArn: 'arn',
};
const origin = { subscriber: 'email', dlq: 'q', reason: 'no' };

describe('a line of an export', () => {
  it('has all that is known of a message, and null for what is not', () => {
    const { receiptHandle: _, ...shown } = full;
    expect(exportRecord(full, origin)).toEqual({
      ...shown,
      ...origin,
      sentAt: '1970-01-01T00:00:00.000Z',
      firstReceivedAt: '1970-01-01T00:00:01.000Z',
    });
    const nothing = { groupId: undefined, deduplicationId: undefined, traceHeader: undefined };
    const unknown = { ...nothing, firstReceivedAt: undefined, sourceArn: undefined };
    expect(exportRecord({ ...full, ...unknown }, { ...origin, reason: undefined })).toMatchObject({
      ...{ groupId: null, deduplicationId: null, traceHeader: null },
      ...{ firstReceivedAt: null, sourceArn: null, reason: null },
    });
  });

  it('is read back as what is sent again', () => {
    expect(readExportLine(JSON.stringify(exportRecord(full, origin)))).toEqual({
      body: 'b',
      attributes: full.attributes,
      groupId: 'g',
      traceHeader: 'Root=1',
    });
    const bare = { body: 'b', attributes: {}, groupId: undefined, traceHeader: undefined };
    expect(readExportLine('{"body":"b"}')).toEqual(bare);
    const nulls = '{"body":"b","attributes":null,"groupId":null,"traceHeader":null}';
    expect(readExportLine(nulls)).toEqual(bare);
  });

  const attributes = (count: number, attribute: unknown = { type: 'String', value: 'x' }) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, attribute]));
  const taken = (fields: object) => readExportLine(JSON.stringify({ body: 'b', ...fields }));

  it('holds up to ten attributes, and as many bytes as SQS takes', () => {
    expect(Object.keys(taken({ attributes: attributes(10) }).attributes)).toHaveLength(10);
    for (const type of ['String', 'Number', 'Binary', 'Number.money', 'Binary.png']) {
      expect(taken({ attributes: { a: { type, value: '1' } } }).attributes.a?.type).toBe(type);
    }
    const most = 'x'.repeat(SQS_MAX_MESSAGE_BYTES);
    expect(taken({ body: most }).body).toBe(most);
  });

  it.each<[string, string]>([
    ['{', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['"b"', 'it is not a JSON object'],
    ['{}', 'it has no text "body"'],
    ['{"body":""}', 'it has no text "body"'],
    ['{"body":1}', 'it has no text "body"'],
    ['{"body":null}', 'it has no text "body"'],
    ['{"body":null,"bodyBase64":7}', 'it has no text "body"'],
    ['{"body":"","bodyBase64":"AA=="}', 'it has no text "body"'],
    ['{"body":null,"bodyBase64":"AA=="}', 'its body is not text, which SQS does not take'],
    ['{"body":"b","groupId":1}', '"groupId" is not text'],
    ['{"body":"b","traceHeader":{}}', '"traceHeader" is not text'],
    ['{"body":"b","attributes":[]}', '"attributes" is not an object'],
    ['{"body":"b","attributes":"x"}', '"attributes" is not an object'],
    [
      JSON.stringify({ body: 'b', attributes: attributes(11) }),
      'it has 11 attributes; SQS takes 10',
    ],
    ...[1, {}, { type: 'String' }, { value: 'x' }, { type: 'Text', value: 'x' }].map(
      (attribute): [string, string] => [
        JSON.stringify({ body: 'b', attributes: { a0: attribute } }),
        'attribute "a0" is not { type, value } of String, Number or Binary',
      ],
    ),
    [
      JSON.stringify({ body: 'x'.repeat(SQS_MAX_MESSAGE_BYTES + 1) }),
      'the message has 1048577 bytes; SQS takes 1048576',
    ],
  ])('%.60s is refused: %s', (line, message) => {
    expect(() => readExportLine(line)).toThrow(
      expect.objectContaining({ code: 'InvalidLine', message }),
    );
  });
});
