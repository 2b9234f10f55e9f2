import { expect, test } from 'vitest';
import type { RequestContext } from '../../../src/lib/engine/action.ts';
import { createEngine } from '../../../src/lib/engine/engine.ts';
import { noFaults } from '../../../src/lib/engine/http/fault-injector.ts';
import { memoryJournal } from '../../../src/lib/engine/journal/memory.ts';
import { sqsActions } from '../../../src/lib/engine/services/sqs/actions/index.ts';
import { MAX_IN_FLIGHT_STANDARD } from '../../../src/lib/rules/limits.ts';
import { testClock } from '../../fixtures/sqs-engine.ts';

test.each([
  ['standard', {}],
  ['FIFO', { FifoQueue: 'true', ContentBasedDeduplication: 'true' }],
])('a %s queue has at most 120,000 messages in flight', async (type, Attributes) => {
  const clock = testClock();
  const options = { port: 0, strictTimings: true };
  const engine = createEngine(options, memoryJournal(), { clock, faults: noFaults });
  const ctx = {
    state: engine.sqs,
    clock,
    journal: engine.journal,
    account: '000000000000',
    region: 'us-east-1',
    baseUrl: 'http://local',
    accessKeyId: '',
    principalArn: '',
    signal: new AbortController().signal,
  } as unknown as RequestContext;
  const call = (name: string, input: object) =>
    (sqsActions[name] as unknown as (input: object, ctx: RequestContext) => Answer)(input, ctx);
  const fifo = type === 'FIFO';
  const { QueueUrl } = call('CreateQueue', { QueueName: fifo ? 'q.fifo' : 'q', Attributes });
  const send = (i: number) => {
    const group = fifo ? { MessageGroupId: `g${Math.floor(i / 10)}` } : {};
    call('SendMessage', { QueueUrl, MessageBody: `m${i}`, ...group });
  };
  for (let i = 0; i < MAX_IN_FLIGHT_STANDARD + 20; i += 1) send(i);
  const receive = (more: object = {}) =>
    call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, ...more });
  let handle = '';
  let received = 0;
  for (let taken = 0; taken < MAX_IN_FLIGHT_STANDARD; taken += 10) {
    const { Messages = [] } = receive();
    received += Messages.length;
    handle = Messages[0]?.ReceiptHandle ?? '';
  }
  expect(received).toBe(MAX_IN_FLIGHT_STANDARD);
  if (fifo) expect(receive()).toEqual({});
  else
    expect(() => receive()).toThrow('Too many messages have been received without being deleted.');
  const waiting = receive({ WaitTimeSeconds: 1 });
  clock.advance(1);
  expect(await waiting).toEqual({});
  call('DeleteMessage', { QueueUrl, ReceiptHandle: handle });
  expect(receive().Messages).toHaveLength(1);
});

interface Answer {
  QueueUrl?: string;
  Messages?: { ReceiptHandle: string }[];
}
