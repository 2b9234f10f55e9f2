import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/lib/rules/errors.ts';
import { fifoId, isFifo, isFifoId } from '../../../src/lib/rules/fifo.ts';
import {
  assertQueueName,
  assertTopicName,
  nameOfArn,
  parseArn,
  queueNameFromUrl,
  topicArn,
} from '../../../src/lib/rules/names.ts';

/** What an error says, or nothing where none is thrown. */
function refusalOf(check: () => void): { message: string; hint?: string; code?: string } {
  try {
    check();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  return { message: '' };
}

describe('an ARN', () => {
  it.each([
    ['arn:aws:sns:us-east-1:111122223333:orders', 'aws', 'us-east-1', '111122223333', 'orders'],
    ['arn:aws-cn:sns:cn-north-1:1:a:b:c', 'aws-cn', 'cn-north-1', '1', 'a:b:c'],
    // S3's have neither region nor account.
    ['arn:aws:sns:::orders', 'aws', '', '', 'orders'],
  ])('%s has its parts', (text, partition, region, account, resource) => {
    expect(parseArn(text)).toEqual({ partition, service: 'sns', region, account, resource });
    expect(nameOfArn(text)).toBe(resource);
  });

  it.each([
    'orders',
    'https://sqs/1/orders',
    'urn:aws:sns:us-east-1:1:orders',
    'arn::sns:us-east-1:1:orders',
    'arn:aws::us-east-1:1:orders',
    'arn:aws:sns:us-east-1',
    'arn:aws:sns:us-east-1:1',
    'arn:aws:sns:us-east-1:1:',
  ])('%s is none, and its own name', (text) => {
    expect(parseArn(text)).toBeUndefined();
    expect(nameOfArn(text)).toBe(text);
  });

  it('of a topic is that of the caller’s account and partition', () => {
    const at = { account: '1', arn: 'arn:aws-us-gov:iam::1:user/a', region: 'us-gov-west-1' };
    expect(topicArn(at, 't')).toBe('arn:aws-us-gov:sns:us-gov-west-1:1:t');
    expect(topicArn({ ...at, arn: 'alice' }, 't')).toBe('arn:aws:sns:us-gov-west-1:1:t');
    const nobody = { account: undefined, arn: undefined, region: 'us-east-1' };
    expect(topicArn(nobody, 't')).toBe('arn:aws:sns:us-east-1:000000000000:t');
  });

  it('of a queue is not in its URL, its name is', () => {
    expect(queueNameFromUrl('http://127.0.0.1:4566/000000000000/orders.fifo')).toBe('orders.fifo');
  });
});

describe('a name', () => {
  it.each([
    ['Queue', assertQueueName, 80, 'Give it a name of its own'],
    ['Topic', assertTopicName, 256, 'Give it a shorter name, or a shorter --prefix.'],
  ] as const)('of a %s is of so many letters at most', (kind, check, most, hint) => {
    for (const name of ['a', 'A-b_9', 'a.fifo', 'x'.repeat(most)]) {
      expect(refusalOf(() => check(name)).message).toBe('');
    }
    const long = refusalOf(() => check('x'.repeat(most + 1)));
    expect(long.message).toBe(
      `${kind} name "${'x'.repeat(most + 1)}" has ${most + 1} characters; AWS allows ${most}.`,
    );
    expect(long.hint).toContain(hint);
    expect(long.code).toBe('InvalidName');
    for (const name of ['', '.fifo', 'a.b', 'a b', 'ä', 'a.fifo2']) {
      expect(refusalOf(() => check(name))).toMatchObject({
        message: `${kind} name "${name}" is not one AWS accepts: letters, digits, "-" and "_" only.`,
        code: 'InvalidName',
        exitCode: 2,
      });
    }
  });

  it.each([
    ['arn:aws:sns:us-east-1:1:a.fifo', true],
    ['http://127.0.0.1/1/a.fifo', true],
    ['http://127.0.0.1/1/a.fifo.b', false],
    ['a', false],
  ])('%s is of a FIFO one: %s', (name, expected) => {
    expect(isFifo(name)).toBe(expected);
  });
});

describe('a group or deduplication id', () => {
  it.each(['a', '0', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', 'x'.repeat(128)])('is %s', (text) => {
    expect(isFifoId(text)).toBe(true);
    expect(fifoId(text)).toBe(text);
  });

  it.each(['', ' ', 'a b', 'ü', 'a\n', 'x'.repeat(129)])('is never "%s", but its hash', (text) => {
    expect(isFifoId(text)).toBe(false);
    expect(fifoId(text)).toMatch(/^[0-9a-f]{64}$/);
  });
});
