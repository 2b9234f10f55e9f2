import { type Message, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { bodies, sqsCalls } from '../../../fixtures/sqs-calls.ts';
import { testClock, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

// "How Amazon SQS fair queues work", SQS Developer Guide: of a group that has at least 30 messages in flight and more than
// a tenth of all, others' messages are received first.

const clock = testClock();
const engine = useSqsEngine({ clock });

const { create, send, receive, remove, changeVisibility } = sqsCalls(() => engine.sqs);

/** Sends so many messages of a group, as `a0`, `a1`, …; without a group where it is empty. */
async function sendMany(QueueUrl: string, group: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += 10) {
    const Entries = Array.from({ length: Math.min(10, count - from) }, (_, at) => ({
      Id: String(at),
      MessageBody: `${group || 'none'}${from + at}`,
      ...(group === '' ? {} : { MessageGroupId: group }),
    }));
    await engine.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

async function receiveMany(url: string, count: number): Promise<Message[]> {
  const received: Message[] = [];
  while (received.length < count) {
    const MaxNumberOfMessages = Math.min(10, count - received.length);
    const more = await receive(url, { MaxNumberOfMessages, VisibilityTimeout: 3_600 });
    if (more.length === 0) break;
    received.push(...more);
  }
  return received;
}

describe('a standard queue with message groups', () => {
  it('gives the group with a message, of a batch as well, and none to those without', async () => {
    const url = await create();
    await send(url, 'one', { MessageGroupId: 'tenant!"#$%&' });
    await sendMany(url, 'a', 1);
    await send(url, 'none');
    const messages = await receive(url, { MessageSystemAttributeNames: ['MessageGroupId'] });
    expect(messages.map(({ Attributes }) => Attributes)).toEqual([
      { MessageGroupId: 'tenant!"#$%&' },
      { MessageGroupId: 'a' },
      undefined,
    ]);
  });

  it.each([
    [29, 'a29'],
    [30, 'b0'],
  ])('with %i messages of a group in flight gives %s next', async (inFlight, next) => {
    const url = await create();
    await sendMany(url, 'a', 40);
    await sendMany(url, 'b', 1);
    await receiveMany(url, inFlight);
    expect(bodies(await receiveMany(url, 1))).toEqual([next]);
  });

  it.each([
    [270, 'a30'],
    [269, 'b0'],
  ])('where others have %i in flight beside 30 gives %s next', async (others, next) => {
    const url = await create();
    await sendMany(url, '', others);
    await sendMany(url, 'a', 40);
    await sendMany(url, 'b', 1);
    await receiveMany(url, others + 30);
    expect(bodies(await receiveMany(url, 1))).toEqual([next]);
  });

  it('gives messages of a noisy group when nobody else has any, the oldest first', async () => {
    const url = await create();
    await sendMany(url, 'a', 35);
    await sendMany(url, '', 2);
    await sendMany(url, 'b', 2);
    await receiveMany(url, 30);
    const rest = bodies(await receiveMany(url, 20));
    expect(rest).toEqual(['none0', 'none1', 'b0', 'b1', 'a30', 'a31', 'a32', 'a33', 'a34']);
  });

  it('of several noisy groups gives the one with the fewest in flight', async () => {
    const url = await create();
    await sendMany(url, 'a', 31);
    await sendMany(url, 'b', 30);
    await sendMany(url, 'a', 3);
    await sendMany(url, 'b', 3);
    await receiveMany(url, 61);
    expect(bodies(await receiveMany(url, 4))).toEqual(['b0', 'a0', 'b1', 'a1']);
  });

  it('takes a group in its turn again when fewer of its messages are in flight', async () => {
    const url = await create();
    await sendMany(url, 'a', 40);
    await sendMany(url, 'b', 3);
    const [first, second] = await receiveMany(url, 30);
    expect(bodies(await receiveMany(url, 1))).toEqual(['b0']);
    await remove(url, first);
    expect(bodies(await receiveMany(url, 1))).toEqual(['a30']);
    expect(bodies(await receiveMany(url, 1))).toEqual(['b1']);
    await changeVisibility(url, second, 0);
    expect(bodies(await receiveMany(url, 2))).toEqual(['a1', 'b2']);
  });

  it('takes a group in its turn again five minutes after it last sent', async () => {
    const url = await create();
    await sendMany(url, 'a', 40);
    await receiveMany(url, 30);
    await sendMany(url, 'b', 2);
    clock.advance(299);
    expect(bodies(await receiveMany(url, 1))).toEqual(['b0']);
    clock.advance(1);
    expect(bodies(await receiveMany(url, 1))).toEqual(['a30']);
  });

  it('loses none of the messages that others went ahead of', async () => {
    const url = await create({ RedrivePolicy: '' });
    await sendMany(url, 'a', 200);
    await sendMany(url, 'b', 50);
    const received = await receiveMany(url, 250);
    expect(new Set(bodies(received)).size).toBe(250);
    for (const message of received) await remove(url, message);
    expect(await receive(url)).toEqual([]);
    expect(engine.running.engine.sqs.queues.get(keyOf(url))?.tenants.size).toBe(0);
  });

  it('tells noisy groups and the messages of the others apart in its metrics', async () => {
    const url = await create();
    await sendMany(url, 'a', 40);
    await sendMany(url, 'b', 2);
    await receiveMany(url, 31);
    const text = await (await fetch(`${engine.running.endpoint}/_pubsub/metrics`)).text();
    const labels = `account="111122223333",region="us-east-1",queue="${url.split('/').at(-1)}"`;
    expect(text).toContain(`pubsub_queue_noisy_groups{${labels}} 1\n`);
    const quiet = `pubsub_queue_messages_in_quiet_groups{${labels}`;
    expect(text).toContain(`${quiet},state="visible"} 1\n`);
    expect(text).toContain(`${quiet},state="in-flight"} 1\n`);
  });
});

function keyOf(url: string): string {
  for (const [key, { name }] of engine.running.engine.sqs.queues) {
    if (url.endsWith(`/${name}`)) return key;
  }
  throw new Error(url);
}
